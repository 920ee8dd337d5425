package io.dso.agent.verify;

/** What verification found. */
public sealed interface Proof {
    /** The change holds. */
    record Holds() implements Proof {}

    /**
     * The application doesn't stand it.
     *
     * @param why one sentence that names the container's behaviour
     */
    record Fails(String why) implements Proof {}

    /** The container isn't there any more: nothing to prove, nothing to take back. */
    record Gone() implements Proof {}
}
