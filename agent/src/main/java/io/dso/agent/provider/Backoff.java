package io.dso.agent.provider;

import java.time.Duration;

/**
 * Pauses between tries that double up to a limit, with jitter, so that what failed together doesn't return together.
 *
 * @param first the first pause
 * @param last the longest pause
 * @param failures failures in a row so far
 */
record Backoff(Duration first, Duration last, int failures) {
    private static final int ENOUGH_TO_REACH_ANY_LIMIT = 20;

    static Backoff from(Duration first, Duration last) {
        return new Backoff(first, last, 0);
    }

    Backoff failed() {
        return new Backoff(first, last, Math.min(failures + 1, ENOUGH_TO_REACH_ANY_LIMIT));
    }

    Backoff succeeded() {
        return new Backoff(first, last, 0);
    }

    /**
     * The pause after the failures so far, zero before any.
     *
     * @param random 0 to 1; makes the pause 75 to 125 % as long
     */
    Duration pause(double random) {
        if (failures == 0) {
            return Duration.ZERO;
        }
        long nanos = Math.min(first.toNanos() << (failures - 1), last.toNanos());
        return Duration.ofNanos((long) (nanos * (0.75 + random / 2)));
    }
}
