package io.dso.agent.secret;

/**
 * What asking a store gives: the thing, or an expected refusal.
 *
 * @param <T> what was asked for
 */
public sealed interface Answer<T> {

    /** The thing asked for. */
    record Got<T>(T value) implements Answer<T> {}

    /** It can't be had, and why. */
    record Refused<T>(Refusal refusal) implements Answer<T> {}

    /** Shorthand for {@link Got}. */
    static <T> Answer<T> got(T value) {
        return new Got<>(value);
    }

    /** Shorthand for {@link Refused}. */
    static <T> Answer<T> refused(Refusal refusal) {
        return new Refused<>(refusal);
    }
}
