package io.dso.agent.provider;

import io.dso.agent.secret.SecretRef;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a provider's Watch calls up for the secrets that are wanted, over all its sessions. Where the store has no push
 * it keeps quiet: polling finds the changes. Thread-safe.
 */
final class Watches {
    private static final Logger LOG = Logger.getLogger(Watches.class);
    private static final int REFS_IN_A_CALL = 1000;

    private final String provider;
    private final Consumer<Set<SecretRef>> changed;
    private final List<WatchCall> calls = new ArrayList<>();
    private Set<SecretRef> wanted = Set.of();
    private @Nullable Session session;
    private Backoff backoff = Backoff.from(Duration.ofMillis(500), Duration.ofSeconds(30));

    Watches(String provider, Consumer<Set<SecretRef>> changed) {
        this.provider = provider;
        this.changed = changed;
    }

    /** Watches these from now on, and no others. */
    synchronized void want(Set<SecretRef> refs) {
        if (!refs.equals(wanted)) {
            wanted = Set.copyOf(refs);
            restart();
        }
    }

    synchronized void attach(Session live) {
        session = live;
        backoff = backoff.succeeded();
        restart();
    }

    synchronized void detach() {
        session = null;
        restart();
    }

    private void restart() {
        calls.forEach(WatchCall::cancel);
        calls.clear();
        var live = session;
        if (live == null) {
            return;
        }
        var rest = new ArrayList<>(wanted);
        for (int from = 0; from < rest.size(); from += REFS_IN_A_CALL) {
            var part = new HashSet<>(rest.subList(from, Math.min(from + REFS_IN_A_CALL, rest.size())));
            calls.add(WatchCall.start(live, Set.copyOf(part), this::report, status -> ended(live, status)));
        }
    }

    private void report(Set<SecretRef> refs) {
        synchronized (this) {
            backoff = backoff.succeeded();
        }
        changed.accept(refs);
    }

    private synchronized void ended(Session of, Status status) {
        if (of != session || of.isLost()) {
            return; // the next session starts anew
        }
        if (status.getCode() == Status.Code.UNIMPLEMENTED) {
            LOG.debugf("no push provider=%s, polling alone", provider);
            return;
        }
        backoff = backoff.failed();
        var pause = backoff.pause(ThreadLocalRandom.current().nextDouble());
        LOG.debugf("watch ended provider=%s status=%s, again in %s", provider, status.getCode(), pause);
        Thread.ofVirtual().name("watch-again").start(() -> again(of, pause));
    }

    private void again(Session of, Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        synchronized (this) {
            if (of == session) {
                restart();
            }
        }
    }
}
