package io.dso.agent.rotate;

import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.engine.Engine;
import io.dso.agent.engine.EngineException;
import io.dso.agent.engine.Inspection;
import io.dso.agent.rotate.Messenger.Outcome;
import io.dso.agent.rotate.Rotation.Applying;
import io.dso.agent.rotate.Rotation.Done;
import io.dso.agent.rotate.Rotation.Gone;
import io.dso.agent.rotate.Rotation.InPlace;
import io.dso.agent.rotate.Rotation.Job;
import io.dso.agent.rotate.Rotation.Postponed;
import io.dso.agent.rotate.Rotation.Proving;
import io.dso.agent.rotate.Rotation.Reapplying;
import io.dso.agent.rotate.Rotation.Reverting;
import io.dso.agent.rotate.Rotation.Switching;
import io.dso.agent.rotate.Rotation.Telling;
import io.dso.agent.verify.Proof;
import io.dso.agent.verify.Settling;
import java.time.InstantSource;
import java.util.Optional;

/** The work of each state of a rotation in place. */
final class InPlaceSteps {
    private final Engine engine;
    private final Lookout lookout;
    private final FileSwitch files;
    private final Settling settling;
    private final Messenger messenger;
    private final InstantSource clock;

    InPlaceSteps(
            Engine engine,
            Lookout lookout,
            FileSwitch files,
            Settling settling,
            Messenger messenger,
            InstantSource clock) {
        this.engine = engine;
        this.lookout = lookout;
        this.files = files;
        this.settling = settling;
        this.messenger = messenger;
        this.clock = clock;
    }

    Rotation step(InPlace rotation) throws InterruptedException {
        return switch (rotation) {
            case Switching(var job) -> switchFiles(job);
            case Applying(var job, var startedAt) -> apply(job, startedAt);
            case Telling(var job, var startedAt) -> tell(job, startedAt);
            case Proving(var job, var startedAt, var since) ->
                switch (settling.prove(job.container(), startedAt, since, job.policy())) {
                    case Proof.Holds() -> new Done(job);
                    case Proof.Fails(var why) -> new Reverting(job, new Reason.Bad(why));
                    case Proof.Gone() -> new Gone(job);
                };
            case Reverting(var job, var reason) -> {
                if (reason instanceof Reason.Bad(var why)) {
                    files.mark(job, why); // first: a start of the container from now on gets the old version
                }
                files.back(job);
                yield new Reapplying(job, reason);
            }
            case Reapplying(var job, var reason) -> reapply(job, reason);
        };
    }

    private Rotation switchFiles(Job job) {
        if (!files.there(job)) {
            return new Gone(job); // stopped since this was decided
        }
        var startedAt = "";
        if (job.policy().strategy() != Strategy.NONE) {
            var seen = engine.inspect(job.container(), lookout.call());
            if (!seen.running()) {
                return new Gone(job);
            }
            startedAt = seen.startedAt();
        }
        var refusal = files.forth(job);
        if (refusal.isPresent()) {
            return new Postponed(job, refusal.get().why());
        }
        return job.policy().strategy() == Strategy.NONE ? new Done(job) : new Applying(job, startedAt);
    }

    private Rotation apply(Job job, String startedAt) {
        var before = engine.inspect(job.container(), lookout.call());
        if (!before.running()) {
            return new Gone(job); // somebody stopped it: its next start gets the right version anyway
        }
        boolean restarted = !before.startedAt().equals(startedAt); // by somebody else
        return restarted && job.policy().strategy() == Strategy.RESTART
                ? new Proving(job, before.startedAt(), clock.instant())
                : new Telling(job, before.startedAt());
    }

    private Rotation tell(Job job, String startedAt) throws InterruptedException {
        return switch (messenger.tell(job, startedAt)) {
            case Outcome.Told(var run) -> new Proving(job, run, clock.instant());
            case Outcome.Ended() -> new Proving(job, startedAt, clock.instant()); // which says how it ended
            case Outcome.Failed(var why) -> new Reverting(job, new Reason.Bad(why));
        };
    }

    private Rotation reapply(Job job, Reason reason) throws InterruptedException {
        var told = messenger.tellAgain(job) instanceof Outcome.Failed(var again) && !again.equals(reason.why())
                ? reason.and(again)
                : reason;
        return told.end(job);
    }

    /**
     * The engine doesn't do what a state needs, which says nothing of the application. It also says "not found" of a network
     * that a start needs. Empty if it is to be tried again: one that doesn't run on the way back did before we came.
     */
    Optional<Rotation> refused(InPlace rotation, EngineException e) {
        if (e.kind() == EngineException.Kind.NOT_FOUND
                && lookout.find(rotation.job().container()).isEmpty()) {
            return Optional.of(new Gone(rotation.job()));
        }
        var untried = new Reason.Untried(String.valueOf(e.getMessage()));
        return switch (rotation) {
            case Switching(var job) -> Optional.of(untried.end(job));
            case Applying(var job, var _) -> Optional.of(new Reverting(job, untried));
            case Telling(var job, var _) -> Optional.of(new Reverting(job, untried));
            case Proving(var job, var _, var _) -> Optional.of(new Reverting(job, untried));
            case Reverting(var job, var reason) -> Optional.of(new Reapplying(job, reason));
            case Reapplying(var job, var _) ->
                lookout.find(job.container()).filter(Inspection::running).isPresent()
                        ? givenUp(rotation, e).map(end -> end)
                        : Optional.empty();
        };
    }

    /** What remains to be said of one that was refused again and again. */
    Optional<Rotation.End> givenUp(InPlace rotation, EngineException e) {
        return rotation instanceof Reapplying(var job, var reason)
                ? Optional.of(reason.and(String.valueOf(e.getMessage())).end(job))
                : Optional.empty();
    }
}
