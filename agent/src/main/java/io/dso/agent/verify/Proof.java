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

    /** The container was stopped or removed by somebody else: nothing to prove, nothing to take back. */
    record Gone() implements Proof {}
}
