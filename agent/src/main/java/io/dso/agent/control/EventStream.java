package io.dso.agent.control;

import io.dso.agent.record.Events;
import io.dso.agent.record.Happening;
import io.dso.control.v1.Event;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Hands events on to one listener for as long as it listens. */
final class EventStream {
    /** Events that a slow listener may be behind; then its stream is ended rather than memory filled. */
    private static final int BACKLOG = 10_000;

    private final Events events;

    EventStream(Events events) {
        this.events = events;
    }

    /** Returns when the listener is gone, or too slow, or the agent stops. */
    void serve(ServerCallStreamObserver<Event> call) {
        var queue = new LinkedBlockingQueue<Happening>(BACKLOG);
        try (var listening = events.listen(queue::offer)) {
            call.onNext(Replies.event(new Happening(Instant.now(), "armed", Map.of())));
            // The call itself learns that it was cancelled only when this method returns; the context does at once.
            while (!Context.current().isCancelled() && queue.remainingCapacity() > 0) {
                if (!call.isReady()) { // it would take everything into memory
                    TimeUnit.MILLISECONDS.sleep(20);
                    continue;
                }
                var next = queue.poll(1, TimeUnit.SECONDS);
                if (next != null) {
                    call.onNext(Replies.event(next));
                }
            }
            if (!Context.current().isCancelled()) {
                call.onError(Status.RESOURCE_EXHAUSTED
                        .withDescription("the listener is too far behind")
                        .asRuntimeException());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            call.onError(Status.UNAVAILABLE.withDescription("the agent stops").asRuntimeException());
        }
    }
}
