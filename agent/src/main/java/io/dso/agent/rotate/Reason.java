package io.dso.agent.rotate;

import io.dso.agent.rotate.Rotation.Gone;
import io.dso.agent.rotate.Rotation.Job;
import io.dso.agent.rotate.Rotation.Postponed;
import io.dso.agent.rotate.Rotation.RolledBack;

/** Why a rotation goes back. */
public sealed interface Reason {
    /** One sentence, without a value. */
    String why();

    /** The application doesn't stand the version: it is marked. */
    record Bad(String why) implements Reason {}

    /** It couldn't be tried, or the engine failed half way: it is tried again. */
    record Untried(String why) implements Reason {}

    /** The container isn't wanted any more. */
    record Unwanted(String why) implements Reason {}

    /** What a rotation ends with that went back for this. */
    default Rotation.End end(Job job) {
        return switch (this) {
            case Bad(var why) -> new RolledBack(job, why);
            case Untried(var why) -> new Postponed(job, why);
            case Unwanted _ -> new Gone(job);
        };
    }

    /** The same, and what else went wrong on the way back. */
    default Reason and(String then) {
        var both = why() + "; and then: " + then;
        return switch (this) {
            case Bad _ -> new Bad(both);
            case Untried _ -> new Untried(both);
            case Unwanted _ -> new Unwanted(both);
        };
    }
}
