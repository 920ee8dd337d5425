package io.dso.provider.vault.engine;

import io.dso.provider.sdk.StoreException;
import io.dso.provider.vault.api.Json;
import io.dso.provider.vault.api.Pause;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Our leases of one path: at most one that is current, and replaced ones on their way out. Before the first is made the
 * current version is a mere name: it is made when somebody fetches it. Thread-safe; makes no calls itself.
 */
final class Tenancy {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretPath path;
    private final List<Lease> replaced = new ArrayList<>();
    private String version = newVersion();
    private @Nullable Lease current;
    private @Nullable CompletableFuture<Optional<StoreException>> making;
    private Instant asked;
    private Pause pause = Pause.NONE;
    private boolean ended;

    Tenancy(SecretPath path, Instant now) {
        this.path = path;
        this.asked = now;
    }

    SecretPath path() {
        return path;
    }

    static String newVersion() {
        byte[] bytes = new byte[8];
        RANDOM.nextBytes(bytes);
        return "lease-" + HexFormat.of().formatHex(bytes);
    }

    /** The current version, made or not. */
    synchronized String version(Instant now) {
        asked = now;
        return version;
    }

    synchronized boolean isUnusedSince(Instant then) {
        return asked.isBefore(then);
    }

    /** A copy of the secret of a version that is held, and alive. */
    synchronized Optional<Json> secret(String wanted, Instant now) {
        var lease = current;
        if (lease != null && lease.version().equals(wanted) && lease.isAlive(now)) {
            return Optional.of(lease.secret());
        }
        return replaced.stream()
                .filter(old -> old.version().equals(wanted) && old.isAlive(now))
                .findFirst()
                .map(Lease::secret);
    }

    /**
     * Has the version made, unless it already is being made; empty if it isn't one that could be.
     *
     * @param maker starts to make it
     */
    synchronized Optional<CompletableFuture<Optional<StoreException>>> making(
            String wanted, Supplier<CompletableFuture<Optional<StoreException>>> maker) {
        if (ended || current != null || !version.equals(wanted)) {
            return Optional.empty();
        }
        var running = making;
        if (running == null || running.isDone()) {
            running = maker.get();
            making = running;
        }
        return Optional.of(running);
    }

    /** Makes a lease the current one; false if nobody wants it any more, and then it is still the caller's. */
    synchronized boolean take(Lease lease, Instant latestEndOfOld) {
        if (ended) {
            return false;
        }
        if (current != null) {
            current.replaced(latestEndOfOld);
            replaced.add(current);
        }
        current = lease;
        version = lease.version();
        return true;
    }

    synchronized Optional<Lease> current() {
        return Optional.ofNullable(current);
    }

    /** The current lease is no more: what is fetched next is made then. The lease is the caller's. */
    synchronized Optional<Lease> vacate() {
        var was = Optional.ofNullable(current);
        current = null;
        version = newVersion();
        return was;
    }

    /** Takes out what is done with; it is the caller's. */
    synchronized List<Lease> done(Instant now) {
        var done = replaced.stream().filter(old -> old.isDone(now)).toList();
        replaced.removeAll(done);
        return done;
    }

    /** The end: takes everything out; it is the caller's. */
    synchronized List<Lease> end() {
        ended = true;
        var all = new ArrayList<>(replaced);
        replaced.clear();
        vacate().ifPresent(all::add);
        return all;
    }

    synchronized boolean mayTry(Instant now) {
        return pause.isOver(now);
    }

    synchronized void failed(Instant now) {
        pause = pause.failed(now);
    }

    synchronized void succeeded() {
        pause = Pause.NONE;
    }
}
