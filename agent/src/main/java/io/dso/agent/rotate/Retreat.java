package io.dso.agent.rotate;

import io.dso.agent.engine.Engine;
import io.dso.agent.rotate.Rolling.Clearing;
import io.dso.agent.rotate.Rolling.Discarding;
import io.dso.agent.rotate.Rolling.Twin;
import io.dso.agent.rotate.Rotation.Done;
import io.dso.agent.rotate.Rotation.Job;
import java.util.Optional;

/** The way back of a {@link Rolling}: the first container has its name and runs, and then the second one is removed. */
final class Retreat {
    private final Engine engine;
    private final FileSwitch files;
    private final Lookout lookout;

    Retreat(Engine engine, FileSwitch files, Lookout lookout) {
        this.engine = engine;
        this.files = files;
        this.lookout = lookout;
    }

    Rotation restored(Job job, Twin twin, Reason reason) {
        var second = lookout.find(twin.container());
        var first = lookout.find(job.container());
        if (first.isEmpty() && second.isPresent() && second.get().name().equals(twin.name())) {
            engine.start(twin.container(), lookout.life()); // there is no other any more
            return new Done(job);
        }
        if (second.isPresent() && second.get().name().equals(twin.name())) {
            engine.rename(twin.container(), Lookout.next(twin.name(), job), lookout.call());
        }
        if (first.isPresent()) {
            if (!first.get().name().equals(twin.name())) {
                engine.rename(job.container(), twin.name(), lookout.call());
            }
            if (!first.get().running()) {
                engine.start(job.container(), lookout.life()); // it ran before we came
            }
        }
        return new Discarding(job, twin, reason);
    }

    Rotation discarded(Job job, Twin twin, Reason reason) {
        if (reason instanceof Reason.Bad(var why)) {
            files.mark(job, why); // first: it is not to be tried again
        }
        var wanted = wanted(job, twin, reason);
        if (lookout.find(twin.container()).isPresent()) {
            engine.discard(twin.container(), lookout.life());
        }
        return wanted.end(job);
    }

    /** Sees to it that the first one runs, unless its user wants otherwise. */
    private Reason wanted(Job job, Twin twin, Reason reason) {
        var first = lookout.find(job.container());
        if (first.isEmpty()) {
            return new Reason.Unwanted(twin.name() + " was removed");
        }
        if (first.get().running() || reason instanceof Reason.Unwanted) {
            return reason;
        }
        if (engine.stopAsked(job.container(), twin.since(), lookout.call())) {
            return new Reason.Unwanted(twin.name() + " was stopped");
        }
        engine.start(job.container(), lookout.life());
        return reason;
    }

    /** What remains to be said of one that was refused again and again: the container that should go stays, and isn't used. */
    Optional<Rotation.End> givenUp(Rolling rotation) {
        return switch (rotation) {
            case Clearing(var job, var _) -> Optional.of(new Done(job));
            case Discarding(var job, var _, var reason) -> Optional.of(reason.end(job));
            default -> Optional.empty();
        };
    }
}
