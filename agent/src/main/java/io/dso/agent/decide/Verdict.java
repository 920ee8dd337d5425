package io.dso.agent.decide;

/** Whether a workload may mount a bundle. */
public sealed interface Verdict {
    /** It may. */
    record Granted() implements Verdict {}

    /**
     * It may not.
     *
     * @param why the rule that is missing
     * @param fix the line to write
     */
    record Denied(String why, String fix) implements Verdict {}
}
