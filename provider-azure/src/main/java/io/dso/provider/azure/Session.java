package io.dso.provider.azure;

import io.dso.provider.sdk.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The token in use: one for all calls, and a new one before it ends or after the vault refused it. */
final class Session {
    private static final Duration RESERVE = Duration.ofMinutes(5);

    private final Login login;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();

    /** Under the lock. */
    private @Nullable Token token;

    private Instant renewal = Instant.MIN;

    Session(Login login, InstantSource clock) {
        this.login = login;
        this.clock = clock;
    }

    /** One that is good for a while. */
    Token token() throws StoreException, InterruptedException {
        lock.lockInterruptibly();
        try {
            var known = token;
            if (known != null && clock.instant().isBefore(renewal)) {
                return known;
            }
            var fresh = login.token();
            var half = fresh.life().dividedBy(2);
            token = fresh;
            renewal = clock.instant().plus(fresh.life()).minus(half.compareTo(RESERVE) < 0 ? half : RESERVE);
            return fresh;
        } finally {
            lock.unlock();
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
