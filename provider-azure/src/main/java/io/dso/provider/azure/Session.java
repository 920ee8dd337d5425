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

    /** Both under the lock. */
    private @Nullable Held held;

    private @Nullable Failed failed;

    /** The token in use, when a new one is due, and when it ends. */
    private record Held(Token token, Instant renewal, Instant end) {}

    /** Why there was none at the last attempt, and until when there is no other. */
    private record Failed(StoreException why, Instant until) {}

    Session(Login login, InstantSource clock) {
        this.login = login;
        this.clock = clock;
    }

    /** One that is good for a while. */
    Token token() throws StoreException, InterruptedException {
        lock.lockInterruptibly();
        try {
            var now = clock.instant();
            var known = held;
            var pause = failed != null && now.isBefore(failed.until()) ? failed : null;
            if (known != null && now.isBefore(pause == null ? known.renewal() : known.end())) {
                return known.token();
            }
            if (pause != null) {
                throw pause.why();
            }
            return renewed(now, known);
        } finally {
            lock.unlock();
        }
    }

    /** A new one; or, when there is none to be had, the known one as long as it is good. */
    private Token renewed(Instant now, @Nullable Held known) throws StoreException, InterruptedException {
        try {
            var fresh = login.token();
            var half = fresh.life().dividedBy(2);
            var end = now.plus(fresh.life());
            held = new Held(fresh, end.minus(half.compareTo(RESERVE) < 0 ? half : RESERVE), end);
            failed = null;
            return fresh;
        } catch (StoreException e) {
            var wait = e.failure().retryAfter();
            failed = new Failed(e, now.plus(wait.compareTo(PAUSE) < 0 ? PAUSE : wait));
            if (known != null && now.isBefore(known.end())) {
                return known.token();
            }
            throw e;
        }
    }

    /** The vault doesn't take this one. */
    void refused(Token refused) {
        lock.lock();
        try {
            if (held != null && held.token() == refused) {
                held = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
