package io.dso.provider.sdk;

import java.time.Duration;

/**
 * Why the store didn't give what was asked for.
 *
 * @param kind what the agent may do about it
 * @param why one sentence for a person, lower case, no full stop, <em>never a value</em>
 * @param retryAfter for {@link Kind#THROTTLED}, how long the store wants to be left alone; zero if it didn't say
 */
public record StoreFailure(Kind kind, String why, Duration retryAfter) {

    public StoreFailure(Kind kind, String why) {
        this(kind, why, Duration.ZERO);
    }

    /** Kinds of failure. */
    public enum Kind {
        /** No such secret, key or version. */
        NOT_FOUND,
        /** The store refuses this secret to these credentials. */
        DENIED,
        /** The store refuses the credentials themselves. */
        UNAUTHENTICATED,
        /** Too many requests. */
        THROTTLED,
        /** The store can't be reached now. */
        UNAVAILABLE,
        /** The request or the configuration is wrong; trying again doesn't help. */
        INVALID
    }
}
