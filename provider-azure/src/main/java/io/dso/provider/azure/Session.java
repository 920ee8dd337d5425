package io.dso.provider.azure;

import io.dso.provider.sdk.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The token in use: one for all calls, and a new one before it ends or after the vault refused it. An issuer that refused or
 * didn't answer is left alone for a while, or for as long as it says, instead of being asked for each secret.
 */
final class Session {
    private static final Duration RESERVE = Duration.ofMinutes(5);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Login login;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();

    /** Under the lock. */
    private @Nullable Token token;

    private Instant renewal = Instant.MIN;
    private Instant end = Instant.MIN;
    private @Nullable StoreException failure;
    private Instant pauseEnd = Instant.MIN;

    Session(Login login, InstantSource clock) {
        this.login = login;
        this.clock = clock;
    }

    /** One that is good for a while. */
    Token token() throws StoreException, InterruptedException {
        lock.lockInterruptibly();
        try {
            var now = clock.instant();
            var known = token;
            if (known != null && (now.isBefore(renewal) || (now.isBefore(end) && now.isBefore(pauseEnd)))) {
                return known;
            }
            if (failure != null && now.isBefore(pauseEnd)) {
                throw failure;
            }
            return renewed(now, known);
        } finally {
            lock.unlock();
        }
    }

    /** A new one; or, when there is none to be had, the known one as long as it is good. */
    private Token renewed(Instant now, @Nullable Token known) throws StoreException, InterruptedException {
        try {
            var fresh = login.token();
            var half = fresh.life().dividedBy(2);
            end = now.plus(fresh.life());
            renewal = end.minus(half.compareTo(RESERVE) < 0 ? half : RESERVE);
            token = fresh;
            failure = null;
            return fresh;
        } catch (StoreException e) {
            var wait = e.failure().retryAfter();
            pauseEnd = now.plus(wait.compareTo(PAUSE) < 0 ? PAUSE : wait);
            failure = e;
            if (known != null && now.isBefore(end)) {
                return known;
            }
            throw e;
        }
    }

    /** The vault doesn't take this one. */
    void refused(Token refused) {
        lock.lock();
        try {
            if (refused == token) {
                token = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
