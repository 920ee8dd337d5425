package io.dso.provider.vault.api;

import java.time.Duration;
import java.time.Instant;

/**
 * When to try again what failed: after 1, 2, 4 … 30 s.
 *
 * @param length of the next pause
 * @param until not before
 */
public record Pause(Duration length, Instant until) {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LAST = Duration.ofSeconds(30);

    /** Nothing failed. */
    public static final Pause NONE = new Pause(FIRST, Instant.MIN);

    /** After one more failure. */
    public Pause failed(Instant now) {
        var next = length.multipliedBy(2);
        return new Pause(next.compareTo(LAST) < 0 ? next : LAST, now.plus(length));
    }

    public boolean isOver(Instant now) {
        return !now.isBefore(until);
    }
}
