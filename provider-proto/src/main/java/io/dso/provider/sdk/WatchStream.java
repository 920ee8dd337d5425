package io.dso.provider.sdk;

import io.dso.provider.v1.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One caller's watch. Reports are merged while the caller doesn't read: what waits is a set of names the caller asked
 * for, so it can't grow over that.
 */
final class WatchStream implements Changes {
    private final Set<SecretName> asked;
    private final ServerCallStreamObserver<WatchResponse> caller;
    private final Set<SecretName> pending = new LinkedHashSet<>();
    private boolean armed;
    private boolean ended;

    WatchStream(List<SecretName> asked, ServerCallStreamObserver<WatchResponse> caller) {
        this.asked = Set.copyOf(asked);
        this.caller = caller;
    }

    @Override
    public synchronized void armed() {
        if (!armed && !ended) {
            armed = true;
            caller.onNext(WatchResponse.getDefaultInstance());
            flush();
        }
    }

    @Override
    public synchronized void changed(Collection<SecretName> names) {
        names.stream().filter(asked::contains).forEach(pending::add);
        flush();
    }

    /** Sends what waits, if the caller reads. */
    synchronized void flush() {
        if (!armed || ended || pending.isEmpty() || !caller.isReady()) {
            return;
        }
        var report = WatchResponse.newBuilder();
        pending.stream().map(Wire::ref).forEach(report::addChanged);
        pending.clear();
        caller.onNext(report.build());
    }

    /** The caller is gone: nothing is sent any more. */
    synchronized void cancelled() {
        ended = true;
    }

    /** Tells the caller to watch again. */
    synchronized void end(StoreFailure failure) {
        if (ended) {
            return;
        }
        ended = true;
        if (!caller.isCancelled()) {
            caller.onError(Wire.status(failure));
        }
    }
}
