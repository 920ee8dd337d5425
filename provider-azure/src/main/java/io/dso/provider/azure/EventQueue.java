package io.dso.provider.azure;

import io.dso.provider.sdk.Abreast;
import io.dso.provider.sdk.SharedWatch;
import io.dso.provider.sdk.StoreException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A storage queue that Event Grid feeds. What is in it is consumed, so each host needs one of its own. The service has no call
 * that waits for a message: it is asked at once again after a full page, and else after a while.
 */
final class EventQueue implements SharedWatch.Queue<Address> {
    /** Of 2021, and known in all of Azure's clouds. */
    private static final String API = "2021-12-02";

    /** The most that the service gives at a time. */
    static final int PAGE = 32;

    /** For how long others don't see what we read: longer than we take to have it deleted. */
    private static final Duration HIDDEN = Duration.ofSeconds(30);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** The account stands before the queue where it isn't in the host's name. */
    private static final Pattern PATH = Pattern.compile("(/[a-z0-9]{3,24})?/[a-z0-9-]{3,63}");

    private final URI queue;
    private final String vault;
    private final Calls calls;

    /**
     * @param queue its address
     * @param vault the name of the vault whose events count
     */
    EventQueue(URI queue, String vault, Calls calls) {
        this.queue = queue;
        this.vault = vault;
        this.calls = calls;
    }

    /** Whether it is a queue's, and no more than that: what could follow is a signature, which is a credential. */
    static boolean isAddress(URI address) {
        return PATH.matcher(address.getPath()).matches()
                && address.getRawQuery() == null
                && address.getRawFragment() == null
                && address.getRawUserInfo() == null;
    }

    @Override
    public void drop() throws StoreException, InterruptedException {
        forget(receive());
    }

    @Override
    public void read(Consumer<Predicate<Address>> events) throws StoreException, InterruptedException {
        var messages = receive();
        for (var message : messages) {
            ChangeEvent.parse(message.text())
                    .filter(event -> event.isOf(vault))
                    .ifPresent(event -> events.accept(event::isAbout));
        }
        forget(messages);
        if (messages.size() < PAGE) {
            Thread.sleep(PAUSE);
        }
    }

    private List<QueueMessage> receive() throws StoreException, InterruptedException {
        var answer = calls.send(request("/messages?numofmessages=" + PAGE + "&visibilitytimeout=" + HIDDEN.toSeconds())
                .GET());
        if (answer.status() != 200) {
            throw refusal(answer);
        }
        return QueueMessage.all(new String(answer.body(), StandardCharsets.UTF_8));
    }

    /** A call each: there is none that deletes several. */
    private void forget(List<QueueMessage> messages) throws StoreException, InterruptedException {
        for (var failure : Abreast.ask(messages, this::delete).values()) {
            if (failure.isPresent()) {
                throw failure.get();
            }
        }
    }

    private Optional<StoreException> delete(QueueMessage message) throws InterruptedException {
        try {
            var receipt = URLEncoder.encode(message.receipt(), StandardCharsets.UTF_8);
            var answer = calls.send(request("/messages/" + message.id() + "?popreceipt=" + receipt)
                    .DELETE());
            return answer.status() == 204 || isGone(answer) ? Optional.empty() : Optional.of(refusal(answer));
        } catch (StoreException e) {
            return Optional.of(e);
        }
    }

    /** Deleted or expired already, or read by somebody else since: none of our business any more. */
    private static boolean isGone(Http.Answer answer) {
        var body = new String(answer.body(), StandardCharsets.UTF_8);
        return body.contains("MessageNotFound") || body.contains("PopReceiptMismatch");
    }

    private HttpRequest.Builder request(String rest) {
        return HttpRequest.newBuilder(URI.create(queue + rest)).header("x-ms-version", API);
    }

    private StoreException refusal(Http.Answer answer) {
        var body = new String(answer.body(), StandardCharsets.UTF_8);
        return switch (answer.status()) {
            case 401 -> StoreException.unauthenticated("the queue refuses the token; is it the account's tenant?");
            case 403 ->
                body.contains("AuthenticationFailed")
                        ? StoreException.unauthenticated("the queue refuses the token")
                        : StoreException.denied(
                                "the queue refuses us: the identity needs the role"
                                        + " 'Storage Queue Data Message Processor', and the account's firewall to know this host");
            case 404 -> StoreException.notFound("there is no queue " + queue);
            case 429, 503 -> calls.throttled(answer);
            default ->
                answer.status() >= 500
                        ? StoreException.unavailable("the queue answered " + answer.status())
                        : StoreException.invalid("the queue answered " + answer.status());
        };
    }
}
