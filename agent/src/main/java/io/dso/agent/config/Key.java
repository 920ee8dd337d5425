package io.dso.agent.config;

/**
 * A key of a {@link Table}. Declared once as a constant, it is name, rule, default and documentation in one.
 *
 * @param name as written in the file
 * @param shape what its value may look like
 * @param absent what happens when the key isn't there
 * @param meaning one sentence for docs and editors
 */
record Key<T>(String name, Shape<T> shape, Absent<T> absent, String meaning) {

    /** What happens when a key isn't there. */
    sealed interface Absent<T> {
        /** That is a mistake. */
        record Refused<T>() implements Absent<T> {}

        /** The table makes do without it. */
        record Allowed<T>() implements Absent<T> {}

        /**
         * It counts as having this value.
         *
         * @param written the value as a user would write it; empty when there is no short way to say it
         */
        record Default<T>(T value, String written) implements Absent<T> {}
    }

    static <T> Key<T> required(String name, Shape<T> shape, String meaning) {
        return new Key<>(name, shape, new Absent.Refused<>(), meaning);
    }

    static <T> Key<T> optional(String name, Shape<T> shape, String meaning) {
        return new Key<>(name, shape, new Absent.Allowed<>(), meaning);
    }

    static <T> Key<T> withDefault(String name, Shape<T> shape, T value, String written, String meaning) {
        return new Key<>(name, shape, new Absent.Default<>(value, written), meaning);
    }
}
