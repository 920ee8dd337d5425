package io.dso.provider.aws;

import io.dso.provider.sdk.Pace;
import io.dso.provider.sdk.SharedWatch;
import io.dso.provider.sdk.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;

/** An SQS queue that rules of EventBridge feed. What is in it is consumed, so each host needs one of its own. */
final class EventQueue implements SharedWatch.Queue<Address> {
    /** How long a call waits for a message, the most there is. */
    static final Duration LONG_POLL = Duration.ofSeconds(20);

    private static final int PAGE = 10;

    private final String url;
    private final SqsClient client;
    private final Calls calls;

    EventQueue(String url, SqsClient client, Pace pace) {
        this.url = url;
        this.client = client;
        this.calls = new Calls("the queue", pace);
    }

    @Override
    public void drop() throws StoreException, InterruptedException {
        forget(receive(Duration.ZERO));
    }

    @Override
    public void read(Consumer<Predicate<Address>> events) throws StoreException, InterruptedException {
        var messages = receive(LONG_POLL);
        messages.forEach(message -> events.accept(ChangeEvent.parse(message.body())::isAbout));
        forget(messages);
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
    public void close() {
        client.close();
    }
}
