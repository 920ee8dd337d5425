package io.dso.agent.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * When to give up. Made once where a wait begins and handed down, so that the steps below share one budget.
 *
 * @param at the moment
 * @param clock what tells the time
 */
public record Deadline(Instant at, InstantSource clock) {

    /** A deadline {@code budget} from now. */
    public static Deadline after(Duration budget, InstantSource clock) {
        return new Deadline(clock.instant().plus(budget), clock);
    }

    /** What is left; zero when it passed, never negative. */
    public Duration left() {
        var left = Duration.between(clock.instant(), at);
        return left.isNegative() ? Duration.ZERO : left;
    }

    public boolean passed() {
        return left().isZero();
    }

    /** The earlier of this one and {@code budget} from now. */
    public Deadline atMost(Duration budget) {
        var sooner = clock.instant().plus(budget);
        return sooner.isBefore(at) ? new Deadline(sooner, clock) : this;
    }
}
