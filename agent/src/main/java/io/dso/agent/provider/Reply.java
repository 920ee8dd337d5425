package io.dso.agent.provider;

import io.dso.agent.secret.Refusal;
import java.time.Duration;
import java.util.function.Function;

/** How one call to a provider ended. */
sealed interface Reply<T> {

    /** It answered. */
    record Given<T>(T thing) implements Reply<T> {}

    /** It didn't, or not with what was asked for. */
    record Failed<T>(Failure failure) implements Reply<T> {}

    /** Ways to fail. What they say about the provider differs. */
    sealed interface Failure {
        String why();

        /** It said that it can't: the provider itself is fine. */
        record Declined(Refusal.Kind kind, String why, Duration retryAfter) implements Failure {
            Declined(Refusal.Kind kind, String why) {
                this(kind, why, Duration.ZERO);
            }
        }

        /** It didn't answer in time. */
        record Silence(String why) implements Failure {}

        /** It answered what no provider may answer. */
        record Nonsense(String why) implements Failure {}

        /** The connection is gone. */
        record Broken(String why) implements Failure {}
    }

    static <T> Reply<T> given(T thing) {
        return new Given<>(thing);
    }

    static <T> Reply<T> failed(Failure failure) {
        return new Failed<>(failure);
    }

    /** The same failure, or what {@code next} makes of the thing. */
    default <U> Reply<U> then(Function<T, Reply<U>> next) {
        return switch (this) {
            case Given<T>(var thing) -> next.apply(thing);
            case Failed<T>(var failure) -> failed(failure);
        };
    }
}
