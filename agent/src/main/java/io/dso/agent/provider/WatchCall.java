package io.dso.agent.provider;

import io.dso.agent.secret.SecretRef;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.provider.v1.WatchRequest;
import io.dso.provider.v1.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One Watch call. Reads one message at a time and at most some 200 a second, whatever the provider sends: the rest waits
 * on its side.
 */
final class WatchCall extends ClientCall.Listener<WatchResponse> {
    private static final Duration BREATH = Duration.ofMillis(5);

    private final ClientCall<WatchRequest, WatchResponse> call;
    private final Set<SecretRef> refs;
    private final Consumer<Set<SecretRef>> changed;
    private final Consumer<Status> ended;
    private volatile boolean cancelled;
    private boolean armed;
    private long lastMessage;

    private WatchCall(
            ClientCall<WatchRequest, WatchResponse> call,
            Set<SecretRef> refs,
            Consumer<Set<SecretRef>> changed,
            Consumer<Status> ended) {
        this.call = call;
        this.refs = refs;
        this.changed = changed;
        this.ended = ended;
    }

    /**
     * Starts watching.
     *
     * @param refs 1 to 1,000 of one provider
     * @param changed told all refs once the watch is armed, then those that may have changed
     * @param ended told when the call is over, unless it is over because of {@link #cancel()}
     */
    static WatchCall start(
            Session session, Set<SecretRef> refs, Consumer<Set<SecretRef>> changed, Consumer<Status> ended) {
        var call = session.channel().grpc().newCall(ProviderGrpc.getWatchMethod(), CallOptions.DEFAULT);
        var watch = new WatchCall(call, refs, changed, ended);
        var request = WatchRequest.newBuilder();
        refs.forEach(ref -> request.addRefs(Wire.ref(ref)));
        call.start(watch, new Metadata());
        call.request(1);
        call.sendMessage(request.build());
        call.halfClose();
        return watch;
    }

    void cancel() {
        cancelled = true;
        call.cancel("watching something else", null);
    }

    @Override
    public void onMessage(WatchResponse message) {
        long rest = BREATH.toNanos() - (System.nanoTime() - lastMessage);
        if (lastMessage != 0 && rest > 0) {
            LockSupport.parkNanos(rest);
        }
        lastMessage = System.nanoTime();
        if (!armed) {
            armed = true;
            changed.accept(refs);
        } else {
            var reported = known(message.getChangedList());
            if (!reported.isEmpty()) {
                changed.accept(reported);
            }
        }
        call.request(1);
    }

    private Set<SecretRef> known(List<io.dso.provider.v1.SecretRef> reported) {
        var named = Set.copyOf(reported);
        return refs.stream().filter(ref -> named.contains(Wire.ref(ref))).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (!cancelled) {
            ended.accept(status);
        }
    }
}
