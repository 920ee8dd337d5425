package io.dso.provider.aws;

import io.dso.provider.sdk.Changes;
import io.dso.provider.sdk.Pace;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * Hears of changes through an SQS queue that rules of EventBridge feed. What is in the queue is consumed, so each host needs
 * one of its own, and all watches share one reader: a poll that somebody breaks off may take a message with it, which is
 * hidden for a while then.
 */
final class EventQueue implements AutoCloseable {
    /** How long a call waits for a message, the most there is. */
    static final Duration LONG_POLL = Duration.ofSeconds(20);

    private static final int PAGE = 10;

    private final String url;
    private final SqsClient client;
    private final Calls calls;

    /** These three under this object's lock. There is a reader while somebody watches, and to the end of its last poll. */
    private final Set<Watch> watches = new HashSet<>();

    private @Nullable Thread reader;
    private boolean armed;

    /** One caller's watch, and why it ended. */
    private record Watch(Map<SecretName, Address> addresses, Changes changes, CompletableFuture<StoreException> end) {}

    EventQueue(String url, SqsClient client, Pace pace) {
        this.url = url;
        this.client = client;
        this.calls = new Calls("the queue", pace);
    }

    /** Reports until interrupted, or until the queue fails. */
    void watch(Map<SecretName, Address> addresses, Changes changes) throws StoreException, InterruptedException {
        var watch = new Watch(addresses, changes, new CompletableFuture<>());
        join(watch);
        try {
            throw watch.end().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a watch ends by a value", e);
        } finally {
            leave(watch);
        }
    }

    private synchronized void join(Watch watch) {
        watches.add(watch);
        if (reader == null) {
            armed = false;
            reader = Thread.ofVirtual().name("queue").start(this::read);
        } else if (armed) {
            watch.changes().armed();
        }
    }

    private synchronized void leave(Watch watch) {
        watches.remove(watch);
    }

    /** What came before the first answer of the queue is dropped: the agent looks anyway when it hears that it is armed. */
    private void read() {
        try {
            forget(receive(Duration.ZERO));
            arm();
            while (isWatched()) {
                var messages = receive(LONG_POLL);
                messages.forEach(message -> report(ChangeEvent.parse(message.body())));
                forget(messages);
            }
        } catch (StoreException e) {
            end(e);
        } catch (InterruptedException e) {
            end(StoreException.unavailable("the provider is stopping"));
        } catch (RuntimeException e) {
            end(StoreException.unavailable(
                    "the queue can't be read: " + e.getClass().getSimpleName()));
        }
    }

    private synchronized void arm() {
        armed = true;
        watches.forEach(watch -> watch.changes().armed());
    }

    private synchronized boolean isWatched() {
        if (watches.isEmpty()) {
            reader = null;
        }
        return reader != null;
    }

    private synchronized void report(ChangeEvent event) {
        for (var watch : watches) {
            var changed = new LinkedHashSet<SecretName>();
            watch.addresses().forEach((name, address) -> {
                if (event.isAbout(address)) {
                    changed.add(name);
                }
            });
            if (!changed.isEmpty()) {
                watch.changes().changed(changed);
            }
        }
    }

    private synchronized void end(StoreException why) {
        reader = null;
        watches.forEach(watch -> watch.end().complete(why));
    }

    private List<Message> receive(Duration wait) throws StoreException, InterruptedException {
        return calls.ask(
                        url,
                        () -> client.receiveMessage(ask ->
                                ask.queueUrl(url).maxNumberOfMessages(PAGE).waitTimeSeconds((int) wait.toSeconds())))
                .messages();
    }

    private void forget(List<Message> messages) throws StoreException, InterruptedException {
        if (messages.isEmpty()) {
            return;
        }
        List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>();
        for (var message : messages) {
            entries.add(DeleteMessageBatchRequestEntry.builder()
                    .id(Integer.toString(entries.size()))
                    .receiptHandle(message.receiptHandle())
                    .build());
        }
        calls.ask(url, () -> client.deleteMessageBatch(ask -> ask.queueUrl(url).entries(entries)));
    }

    @Override
    public synchronized void close() {
        if (reader != null) {
            reader.interrupt();
        }
        client.close();
    }
}
