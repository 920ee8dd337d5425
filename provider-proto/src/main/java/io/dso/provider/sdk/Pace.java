package io.dso.provider.sdk;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Leaves a store alone after it said that there were too many requests: nothing is sent until a pause is over that
 * doubles with each such answer, from one second to one minute. A random part of up to half of it keeps the hosts of a
 * fleet from coming back together. Thread-safe.
 */
public final class Pace {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final String store;
    private final InstantSource clock;
    private final RandomGenerator random;
    private Duration pause = SHORTEST;
    private Instant until = Instant.MIN;

    /** @param store its name, for people */
    public Pace(String store, InstantSource clock, RandomGenerator random) {
        this.store = store;
        this.clock = clock;
        this.random = random;
    }

    /** @throws StoreException THROTTLED, with the rest of the pause, while there is one */
    public synchronized void await() throws StoreException {
        var now = clock.instant();
        if (now.isBefore(until)) {
            throw refusal(Duration.between(now, until));
        }
    }

    /**
     * The store refused a request.
     *
     * @param said how long it wants to be left alone; zero if it didn't say
     */
    public synchronized StoreException throttled(Duration said) {
        var drawn = pause.multipliedBy(500 + random.nextInt(501)).dividedBy(1000);
        var wait = said.compareTo(drawn) > 0 ? said : drawn;
        pause = pause.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : pause.multipliedBy(2);
        var end = clock.instant().plus(wait);
        until = end.isAfter(until) ? end : until;
        return refusal(wait);
    }

    /** The store answered. */
    public synchronized void served() {
        pause = SHORTEST;
    }

    /** What a header {@code Retry-After} says in seconds; zero if it says a date, or there is none. */
    public static Duration retryAfter(String header) {
        return header.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(header)) : Duration.ZERO;
    }

    private StoreException refusal(Duration wait) {
        return StoreException.throttled(store + " asks for fewer requests", wait);
    }
}
