package io.dso.agent.rotate;

import java.time.Instant;

/**
 * A second container takes the first one's place. Which is which stands in the journal and in a label of the second, never in a
 * name; the names only follow.
 *
 * <pre>
 *   Cloning → Launching → Gating → Joining → Swapping → Draining → Clearing → Done
 *      │          │          │        │          │          │          │
 *      ▼          └──────────┴────┬───┘          └──────────┴────┬─────┘
 *   Postponed                     ▼                              ▼
 *                             Discarding  ◄──────────────────  Restoring
 *                                 ▼
 *                 RolledBack, Postponed, Gone
 * </pre>
 *
 * Until Draining the first container isn't touched but for its name. It is removed when the second was seen running with its
 * name; the second is removed when the first was seen running, or its user wanted neither.
 */
public sealed interface Rolling extends Rotation {
    /** Label of the second container: the ID of the first. */
    String REPLACES = "dso.replaces";
    /** Label of the second container: the name that the two share. */
    String NAME = "dso.replaces.name";

    /** The second container is being made, and not started. */
    record Cloning(Job job) implements Rolling {}

    /** There are two. */
    sealed interface Paired extends Rolling {
        Twin twin();
    }

    /**
     * The second container.
     *
     * @param container its ID
     * @param name what the two share: the first has it until Swapping, then the second
     * @param since when the second was made: whoever stopped the first one later did so for reasons of their own
     */
    record Twin(String container, String name, Instant since) {}

    /** It joins its networks, without aliases, and is started. */
    record Launching(Job job, Twin twin) implements Paired {}

    /**
     * It has to run, to be healthy, and to have the new version in its mount.
     *
     * @param startedAt the run that has to go on
     */
    record Gating(Job job, Twin twin, String startedAt) implements Paired {}

    /** It gets the aliases of the first: from here on both are found. */
    record Joining(Job job, Twin twin) implements Paired {}

    /** The first gets another name, the second gets its. */
    record Swapping(Job job, Twin twin) implements Paired {}

    /** The first is being stopped, in its own way and time. */
    record Draining(Job job, Twin twin) implements Paired {}

    /** The first is being removed. */
    record Clearing(Job job, Twin twin) implements Paired {}

    /** The first gets its name again, and runs. */
    record Restoring(Job job, Twin twin, Reason reason) implements Paired {}

    /** The second is being removed. */
    record Discarding(Job job, Twin twin, Reason reason) implements Paired {}
}
