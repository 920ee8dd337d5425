package io.dso.provider.vault.token;

import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.vault.api.Json;
import io.dso.provider.vault.api.Lifetime;
import io.dso.provider.vault.api.Pause;
import io.dso.provider.vault.api.Refusal;
import io.dso.provider.vault.api.VaultApi;
import io.dso.provider.vault.http.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one token that is in use. Thread-safe: who needs one while it is being made waits for it.
 *
 * <ol>
 *   <li>The first call logs in.
 *   <li>At two thirds of its time a token is renewed; when that comes against its limit, we log in again. The old token
 *       lives on while leases hang on it, and is revoked then.
 *   <li>A token that the server refuses is looked at: if it is dead, we log in and the call is made again.
 *   <li>A refused login isn't tried again for some seconds: many calls would lock a user out.
 * </ol>
 */
public final class Tokens implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Tokens.class.getName());
    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(5);
    private static final Duration AFTER_PROOF_OF_LIFE = Duration.ofSeconds(10);
    private static final Set<StoreFailure.Kind> PASSING =
            Set.of(StoreFailure.Kind.UNAVAILABLE, StoreFailure.Kind.THROTTLED);

    private final VaultApi api;
    private final String namespace;
    private final Login login;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable Token current;
    private final List<Token> retired = new ArrayList<>();
    private Pause pause = Pause.NONE;
    private Instant provedAlive = Instant.MIN;
    private Refused refused = new Refused(Instant.MIN, StoreException.unauthenticated(""));

    private record Refused(Instant at, StoreException why) {}

    /**
     * Logs in when it is first needed.
     *
     * @param namespace of the auth method
     */
    public Tokens(VaultApi api, String namespace, AuthMethod method, InstantSource clock) {
        this.api = api;
        this.namespace = namespace;
        this.login = new Login(api, namespace, method, clock);
        this.clock = clock;
    }

    /** A token that lives as far as we know. */
    public Token valid() throws StoreException, InterruptedException {
        lock.lockInterruptibly();
        try {
            var token = current;
            if (token == null || !token.isAlive(clock.instant())) {
                drop();
                token = fresh();
            }
            return token;
        } finally {
            lock.unlock();
        }
    }

    private Token fresh() throws StoreException, InterruptedException { // (1)
        var now = clock.instant();
        if (now.isBefore(refused.at().plus(AFTER_REFUSAL))) { // (4)
            throw new StoreException(refused.why().failure());
        }
        try {
            var token = login.login();
            current = token;
            pause = Pause.NONE;
            return token;
        } catch (StoreException e) {
            if (!PASSING.contains(e.failure().kind())) {
                refused = new Refused(now, e);
            }
            throw e;
        }
    }

    /** Whether a token with which a call was refused is dead, or replaced by now; then {@link #valid()} has another. */
    boolean isDead(Token used) throws StoreException, InterruptedException { // (3)
        lock.lockInterruptibly();
        try {
            if (used != current) {
                return true;
            }
            var now = clock.instant();
            if (now.isBefore(provedAlive.plus(AFTER_PROOF_OF_LIFE))) {
                return false;
            }
            if (login.isOutdated(used)) {
                drop();
                return true;
            }
            return !lives(used);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the server takes the token now. If not, {@link #valid()} has another. */
    boolean works(Token token) throws StoreException, InterruptedException {
        lock.lockInterruptibly();
        try {
            return lives(token);
        } finally {
            lock.unlock();
        }
    }

    private boolean lives(Token token) throws StoreException, InterruptedException {
        try (var reply = api.send(Request.get("/v1/auth/token/lookup-self"), token.header(), namespace)) {
            if (reply.status() == 403) {
                if (token == current) {
                    drop();
                }
                return false;
            }
            if (reply.status() != 200) {
                throw Refusal.of(reply, "auth/token/lookup-self");
            }
            provedAlive = clock.instant();
            return true;
        }
    }

    /** Whether leases of this token should move to another: it is on its way out. */
    public boolean isRetired(Token token) {
        lock.lock();
        try {
            return token != current;
        } finally {
            lock.unlock();
        }
    }

    /** Does what is due, if anything: renews, logs in again, revokes. What fails is tried again after a pause. */
    public void tend() throws InterruptedException { // (2)
        lock.lockInterruptibly();
        try {
            revokeUnused();
            var token = current;
            var now = clock.instant();
            if (token == null || now.isBefore(token.life().due()) || !pause.isOver(now)) {
                return;
            }
            try {
                if (token.life().isExhausted() || !renew(token)) {
                    replace(token);
                }
                pause = Pause.NONE;
            } catch (StoreException e) {
                pause = pause.failed(now);
                LOG.warning("the token can't be renewed: " + e.getMessage());
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean renew(Token token) throws StoreException, InterruptedException {
        try (var reply =
                api.send(Request.post("/v1/auth/token/renew-self", new byte[] {'{', '}'}), token.header(), namespace)) {
            if (reply.status() >= 500 || reply.status() == 429) {
                throw StoreException.unavailable("the server answers with status " + reply.status());
            }
            if (reply.status() != 200) {
                return false;
            }
            try (var answer = new Json(reply.body());
                    var auth = answer.object("auth")) {
                var ttl = Duration.ofSeconds(auth.number("lease_duration"));
                Lifetime life = token.life().renewed(clock.instant(), ttl, auth.flag("renewable"));
                token.live(life);
                return true;
            }
        }
    }

    private void replace(Token old) throws StoreException, InterruptedException {
        if (old.origin() == Token.Origin.FILE && !login.isOutdated(old)) {
            // Nobody wrote another one yet: this one is used up to its end.
            throw StoreException.unauthenticated(
                    "the token ends at " + old.life().end() + ", and its file holds no other");
        }
        fresh();
        retired.add(old);
    }

    private void revokeUnused() throws InterruptedException {
        var now = clock.instant();
        for (var token : List.copyOf(retired)) {
            if (!token.isAlive(now) || (!token.hasLeases() && revoked(token))) {
                retired.remove(token);
                token.close();
            }
        }
    }

    /** True when there is nothing more to do about it. */
    private boolean revoked(Token token) throws InterruptedException {
        if (token.origin() == Token.Origin.FILE) {
            return true;
        }
        try (var reply = api.send(
                Request.post("/v1/auth/token/revoke-self", new byte[] {'{', '}'}), token.header(), namespace)) {
            return reply.status() < 500 && reply.status() != 429;
        } catch (StoreException e) {
            return false;
        }
    }

    /** Its bytes stay a little, for calls that are under way. */
    private void drop() {
        if (current != null) {
            current.die();
            retired.add(current);
        }
        current = null;
    }

    /** Revokes what we logged in for, unless leases hang on it: they would end with it. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (current != null) {
                retired.add(current);
            }
            current = null;
            for (var token : retired) {
                if (!token.hasLeases()) {
                    revoked(token);
                }
                token.close();
            }
            retired.clear();
            login.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
