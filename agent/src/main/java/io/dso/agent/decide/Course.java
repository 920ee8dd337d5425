package io.dso.agent.decide;

import io.dso.agent.bundle.ReloadPolicy;

/** What may be done about a running container that has another version than it should. */
public sealed interface Course {
    /**
     * It is rotated.
     *
     * @param policy in which way
     */
    record Go(ReloadPolicy policy) implements Course {}

    /**
     * It is left as it is for now.
     *
     * @param why one sentence
     */
    record Stay(String why) implements Course {}
}
