package io.dso.provider.tck;

/** How a check ended. */
public sealed interface Outcome {

    /** It holds. */
    record Passed() implements Outcome {}

    /**
     * It doesn't.
     *
     * @param why one sentence, without a value
     */
    record Failed(String why) implements Outcome {}

    /**
     * It wasn't tried.
     *
     * @param why what was missing
     */
    record Skipped(String why) implements Outcome {}
}
