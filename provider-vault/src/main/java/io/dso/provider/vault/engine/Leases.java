package io.dso.provider.vault.engine;

import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.vault.api.Json;
import io.dso.provider.vault.token.Session;
import io.dso.provider.vault.token.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.logging.Logger;

/**
 * Secrets that are made for us. Thread-safe.
 *
 * <ol>
 *   <li>A version is named at once and made when it is fetched first: what nobody fetches makes no lease.
 *   <li>It is made aside from whoever waits for it, who may give up: then nobody would know of the lease.
 *   <li>At two thirds of its time it is renewed. When a renewal comes against the limit, or its token is on its way out,
 *       a new lease is made first and becomes the current version then. The old one lives on for a while: containers are
 *       still on their way to the new one.
 *   <li>A lease that nobody had is given back and not replaced. So is everything of a path that isn't asked for any more,
 *       while other things are: an agent that is away altogether took nothing back.
 *   <li>What can't be revoked now is revoked later, up to its end.
 * </ol>
 */
public final class Leases implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Leases.class.getName());

    private final Maker maker;
    private final Tokens tokens;
    private final Terms terms;
    private final InstantSource clock;
    private final Map<SecretPath, Tenancy> tenancies = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Lease> toRevoke = new ConcurrentLinkedQueue<>();
    private volatile Instant lastQuestion = Instant.MIN;
    private volatile boolean closed;

    /**
     * How we treat leases.
     *
     * @param overlap how long a replaced one lives on
     * @param unused after how long without a question a path's leases are given back
     */
    public record Terms(Duration overlap, Duration unused, OnStop onStop) {}

    /** What becomes of leases when the provider stops. */
    public enum OnStop {
        /** They end by themselves: containers go on with them, and a provider that is started again soon makes new ones. */
        KEEP,
        REVOKE
    }

    public Leases(Session session, Terms terms, InstantSource clock) {
        this.maker = new Maker(session, clock);
        this.tokens = session.tokens();
        this.terms = terms;
        this.clock = clock;
    }

    /** The current version of a path; asks nobody. */
    public String version(SecretPath path) {
        var now = clock.instant();
        lastQuestion = now;
        return tenancies.computeIfAbsent(path, key -> new Tenancy(key, now)).version(now); // (1)
    }

    /** The secret of exactly this version, a JSON object. */
    public Json fetch(SecretPath path, String version) throws StoreException, InterruptedException {
        var tenancy = Optional.ofNullable(tenancies.get(path)).orElseThrow(() -> gone(path));
        var making = tenancy.making(version, () -> make(tenancy, version));
        if (making.isPresent()) {
            var failure = await(making.get());
            if (failure.isPresent()) {
                throw new StoreException(failure.get().failure());
            }
        }
        return tenancy.secret(version, clock.instant()).orElseThrow(() -> gone(path));
    }

    private static StoreException gone(SecretPath path) {
        return StoreException.notFound("that lease of " + path.path() + " is over");
    }

    private CompletableFuture<Optional<StoreException>> make(Tenancy tenancy, String version) { // (2)
        var made = new CompletableFuture<Optional<StoreException>>();
        Thread.ofVirtual().name("make-lease").start(() -> {
            try {
                keep(tenancy, maker.make(tenancy.path(), version));
                made.complete(Optional.empty());
            } catch (StoreException e) {
                made.complete(Optional.of(e));
            } catch (InterruptedException | RuntimeException | Error e) {
                made.completeExceptionally(e);
            }
        });
        return made;
    }

    private static <T> T await(CompletableFuture<T> made) throws InterruptedException {
        try {
            return made.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a lease was not made", e.getCause());
        }
    }

    private void keep(Tenancy tenancy, Lease lease) {
        if (closed || !tenancy.take(lease, clock.instant().plus(terms.overlap()))) {
            toRevoke.add(lease);
            if (closed) {
                revokeAll();
            }
        }
    }

    /** Does what is due, if anything: renews, replaces, revokes. What fails is tried again after a pause. */
    public void tend() throws InterruptedException {
        var now = clock.instant();
        for (var tenancy : tenancies.values()) {
            toRevoke.addAll(tenancy.done(now));
            if (tenancy.isUnusedSince(since(lastQuestion, terms.unused()))) { // (4)
                tenancies.remove(tenancy.path());
                toRevoke.addAll(tenancy.end());
            } else {
                tend(tenancy, now);
            }
        }
        revokeDue(now);
    }

    private static Instant since(Instant last, Duration span) {
        return last.equals(Instant.MIN) ? Instant.MIN : last.minus(span);
    }

    private void tend(Tenancy tenancy, Instant now) throws InterruptedException {
        var held = tenancy.current();
        if (held.isEmpty()) {
            return;
        }
        var lease = held.get();
        if (!lease.isAlive(now)) {
            tenancy.vacate().ifPresent(Lease::close);
            LOG.info("a lease of " + tenancy.path().path() + " is over before it was replaced");
            return;
        }
        boolean moving = tokens.isRetired(lease.token());
        if ((!moving && now.isBefore(lease.life().due())) || !tenancy.mayTry(now)) {
            return;
        }
        try {
            if (moving || lease.life().isExhausted() || !maker.renew(lease)) {
                replace(tenancy, lease);
            }
            tenancy.succeeded();
        } catch (StoreException e) {
            tenancy.failed(now);
            LOG.warning("a lease of " + tenancy.path().path() + " can't be renewed: " + e.getMessage());
        }
    }

    private void replace(Tenancy tenancy, Lease lease) throws StoreException, InterruptedException { // (3)
        if (lease.isFetched()) {
            keep(tenancy, maker.make(tenancy.path(), Tenancy.newVersion()));
        } else {
            tenancy.vacate().ifPresent(toRevoke::add); // (4)
        }
    }

    private void revokeDue(Instant now) throws InterruptedException { // (5)
        var later = new ArrayList<Lease>();
        for (var lease = toRevoke.poll(); lease != null; lease = toRevoke.poll()) {
            if (!revoked(lease, now)) {
                later.add(lease);
                break; // the store fails: the rest can wait too
            }
        }
        toRevoke.addAll(later);
    }

    /** True when there is nothing more to do about it. */
    private boolean revoked(Lease lease, Instant now) throws InterruptedException {
        try {
            if (!lease.id().isEmpty() && lease.isAlive(now)) {
                maker.revoke(lease);
            }
        } catch (StoreException e) {
            if (e.failure().kind() != StoreFailure.Kind.DENIED) {
                return false;
            }
            LOG.warning("a lease lives on until its end, because we may not revoke it: " + e.getMessage());
        }
        lease.close();
        return true;
    }

    private void revokeAll() {
        try {
            revokeDue(clock.instant());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives back what is to be given back, and forgets the rest. */
    @Override
    public void close() {
        closed = true;
        List<Lease> all = tenancies.values().stream()
                .flatMap(tenancy -> tenancy.end().stream())
                .toList();
        tenancies.clear();
        if (terms.onStop() == OnStop.REVOKE) {
            toRevoke.addAll(all);
        } else {
            // Without giving their tokens free: with them, the leases would end.
            all.forEach(Lease::forget);
        }
        revokeAll();
    }
}
