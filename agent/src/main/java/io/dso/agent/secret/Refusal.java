package io.dso.agent.secret;

import java.time.Duration;

/**
 * Why a store or its provider didn't give what was asked for.
 *
 * @param kind what kind of failure
 * @param why one sentence for a person, never a value
 * @param retryAfter how long the store wants to be left alone; zero if it didn't say
 */
public record Refusal(Kind kind, String why, Duration retryAfter) {

    /** A refusal whose store said nothing about when to try again. */
    public Refusal(Kind kind, String why) {
        this(kind, why, Duration.ZERO);
    }

    /** Kinds of failure, as in the provider contract. */
    public enum Kind {
        /** No such secret, key or version. */
        NOT_FOUND,
        /** The store refuses this secret to these credentials. */
        DENIED,
        /** The store refuses the credentials. */
        UNAUTHENTICATED,
        /** Too many requests. */
        THROTTLED,
        /** Provider or store can't be reached, or didn't answer in time, or answered nonsense. */
        UNAVAILABLE,
        /** The request or the provider's configuration is wrong. */
        INVALID
    }
}
