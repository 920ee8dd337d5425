package io.dso.provider.tck;

import io.dso.provider.v1.ProviderGrpc;
import io.dso.provider.v1.SecretRef;
import io.dso.provider.v1.WatchRequest;
import io.dso.provider.v1.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One Watch call, read message by message. */
final class Watched extends ClientCall.Listener<WatchResponse> implements AutoCloseable {
    private sealed interface Event {
        record Message(WatchResponse message) implements Event {}

        record End(Status.Code code) implements Event {}
    }

    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final ClientCall<WatchRequest, WatchResponse> call;

    private Watched(ClientCall<WatchRequest, WatchResponse> call) {
        this.call = call;
    }

    static Watched start(Running provider, List<SecretRef> refs) {
        var call = provider.channel().grpc().newCall(ProviderGrpc.getWatchMethod(), CallOptions.DEFAULT);
        var watched = new Watched(call);
        call.start(watched, new Metadata());
        call.request(1);
        call.sendMessage(WatchRequest.newBuilder().addAllRefs(refs).build());
        call.halfClose();
        return watched;
    }

    /** What the next message names; fails if there is none, or the watch ends. */
    List<SecretRef> next(Duration patience, String what) throws InterruptedException {
        return switch (poll(patience)) {
            case Event.Message(var message) -> message.getChangedList();
            case Event.End(var code) -> throw new Nonconformity("the watch ended with " + code + " before " + what);
            case null -> throw new Nonconformity("not within " + patience.toSeconds() + " s: " + what);
        };
    }

    /** The status it ends with; fails if it doesn't, or if there is a message first. */
    Status.Code end(Duration patience) throws InterruptedException {
        return switch (poll(patience)) {
            case Event.End(var code) -> code;
            case Event.Message message -> throw new Nonconformity("it sends a message");
            case null -> throw new Nonconformity("it doesn't end within " + patience.toSeconds() + " s");
        };
    }

    /** Waits for a message or the end, whichever comes. */
    void awaitAnything(Duration patience) throws InterruptedException {
        Nonconformity.unless(
                poll(patience) != null, "Watch gives no message and doesn't end within " + patience.toSeconds() + " s");
    }

    private @Nullable Event poll(Duration patience) throws InterruptedException {
        return events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void onMessage(WatchResponse message) {
        events.add(new Event.Message(message));
        call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        events.add(new Event.End(status.getCode()));
    }

    @Override
    public void close() {
        call.cancel("seen enough", null);
    }
}
