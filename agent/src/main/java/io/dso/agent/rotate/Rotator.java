package io.dso.agent.rotate;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.engine.Engine;
import io.dso.agent.engine.EngineException;
import io.dso.agent.inject.Delivery;
import io.dso.agent.record.Journal;
import io.dso.agent.record.Section;
import io.dso.agent.rotate.Rotation.Applying;
import io.dso.agent.rotate.Rotation.Done;
import io.dso.agent.rotate.Rotation.End;
import io.dso.agent.rotate.Rotation.Gone;
import io.dso.agent.rotate.Rotation.Job;
import io.dso.agent.rotate.Rotation.Postponed;
import io.dso.agent.rotate.Rotation.Proving;
import io.dso.agent.rotate.Rotation.Reapplying;
import io.dso.agent.rotate.Rotation.Reverting;
import io.dso.agent.rotate.Rotation.RolledBack;
import io.dso.agent.rotate.Rotation.Switching;
import io.dso.agent.secret.Answer;
import io.dso.agent.time.Deadline;
import io.dso.agent.time.Pause;
import io.dso.agent.verify.Proof;
import io.dso.agent.verify.Settling;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.jboss.logging.Logger;

/** Walks a rotation to its end, one state after the other. */
public final class Rotator {
    private static final Logger LOG = Logger.getLogger(Rotator.class);
    private static final Duration CALL = Duration.ofSeconds(10);
    /** Includes the container's own stop timeout and its start. */
    private static final Duration RESTART = Duration.ofMinutes(3);

    private static final Duration DELIVERY = Duration.ofSeconds(30);
    private static final Duration ENGINE_AWAY = Duration.ofSeconds(1);

    private final Engine engine;
    private final Delivery delivery;
    private final Journal journal;
    private final Section<Rotation> underWay;
    private final Settling settling;
    private final InstantSource clock;
    private final Pause pause;

    public Rotator(
            Engine engine,
            Delivery delivery,
            Journal journal,
            Section<Rotation> underWay,
            InstantSource clock,
            Pause pause) {
        this.engine = engine;
        this.delivery = delivery;
        this.journal = journal;
        this.underWay = underWay;
        this.settling = new Settling(engine, clock, pause);
        this.clock = clock;
        this.pause = pause;
    }

    /**
     * Goes on until an end; waits as long as the engine is away. The caller takes the end out of the journal.
     *
     * @param bundle as it is configured now
     */
    public End walk(Rotation start, Bundle bundle) throws InterruptedException {
        var rotation = start;
        while (true) {
            underWay.put(rotation);
            try {
                rotation = step(rotation, bundle);
            } catch (EngineException e) {
                rotation = switch (e.kind()) {
                    case NOT_FOUND -> new Gone(rotation.job());
                    case REFUSED -> refused(rotation, Objects.requireNonNullElse(e.getMessage(), "refused"));
                    case UNAVAILABLE -> {
                        LOG.warnf(
                                "rotation waits container=%s why='%s'",
                                rotation.job().name(), e.getMessage());
                        pause.of(ENGINE_AWAY);
                        yield rotation;
                    }
                };
            }
            if (rotation instanceof End end) {
                return end;
            }
        }
    }

    private Rotation step(Rotation rotation, Bundle bundle) throws InterruptedException {
        return switch (rotation) {
            case Switching(var job) -> switchFiles(job, bundle);
            case Applying(var job, var startedAt) -> apply(job, startedAt);
            case Proving(var job, var startedAt) ->
                switch (settling.prove(job.container(), startedAt, job.policy())) {
                    case Proof.Holds() -> new Done(job);
                    case Proof.Fails(var why) -> new Reverting(job, why);
                    case Proof.Gone() -> new Gone(job);
                };
            case Reverting(var job, var why) -> revert(job, why, bundle);
            case Reapplying(var job, var why) -> reapply(job, why);
            case End end -> end;
        };
    }

    private Rotation switchFiles(Job job, Bundle bundle) {
        String startedAt = job.policy().strategy() == Strategy.NONE
                ? ""
                : engine.inspect(job.container(), call()).startedAt();
        // A version that was taken back may be one that the store no longer has.
        var back = delivery.back(job.mount(), job.to());
        var outcome = back instanceof Answer.Got<BundleVersion>
                ? back
                : delivery.publish(job.mount(), bundle, job.to(), Deadline.after(DELIVERY, clock));
        return switch (outcome) {
            case Answer.Refused<BundleVersion>(var refusal) -> new Postponed(job, refusal.why());
            case Answer.Got<BundleVersion> _ -> {
                journal.mounts().put(job.mount().at(job.to()));
                yield job.policy().strategy() == Strategy.NONE ? new Done(job) : new Applying(job, startedAt);
            }
        };
    }

    private Rotation apply(Job job, String startedAt) {
        var before = engine.inspect(job.container(), call());
        return switch (job.policy().strategy()) {
            case NONE -> new Done(job);
            case SIGNAL -> {
                if (!before.running()) {
                    yield new Gone(job);
                }
                engine.signal(job.container(), job.policy().signal(), call());
                yield new Proving(job, before.startedAt());
            }
            case RESTART -> {
                // After a kill it may have been done already.
                if (before.startedAt().equals(startedAt)) {
                    engine.restart(job.container(), Deadline.after(RESTART, clock));
                }
                yield new Proving(job, engine.inspect(job.container(), call()).startedAt());
            }
        };
    }

    /** The engine doesn't do what a state needs. */
    private static Rotation refused(Rotation rotation, String why) {
        return switch (rotation) {
            case Switching(var job) -> new Postponed(job, why);
            case Applying(var job, var _) -> new Reverting(job, why);
            case Proving(var job, var _) -> new Reverting(job, why);
            case Reverting(var job, var _) -> new Reapplying(job, why);
            case Reapplying(var job, var first) -> new RolledBack(job, first + "; and then: " + why);
            case End end -> end;
        };
    }

    /** The mark comes first: a start of the container from now on gets the old version. */
    private Rotation revert(Job job, String why, Bundle bundle) {
        journal.bad().put(new BadMark(job.container(), job.bundle(), job.to(), job.from(), why));
        var mount = journal.mounts().get(job.mount().id());
        if (mount.filter(still -> still.phase() == Mounted.Phase.LIVE).isPresent()) {
            var outcome = delivery.back(job.mount(), job.from()) instanceof Answer.Got<BundleVersion> got
                    ? got
                    : delivery.publish(job.mount(), bundle, job.from(), Deadline.after(DELIVERY, clock));
            switch (outcome) {
                case Answer.Got<BundleVersion> _ ->
                    journal.mounts().put(mount.get().at(job.from()));
                case Answer.Refused<BundleVersion>(var refusal) ->
                    LOG.errorf(
                            "files not taken back container=%s bundle=%s why='%s'",
                            job.name(), job.bundle(), refusal.why());
            }
        }
        return new Reapplying(job, why);
    }

    private Rotation reapply(Job job, String why) {
        var seen = engine.inspect(job.container(), call());
        switch (job.policy().strategy()) {
            case NONE -> {}
            case SIGNAL -> {
                if (seen.running()) {
                    engine.signal(job.container(), job.policy().signal(), call());
                } else {
                    engine.start(job.container(), Deadline.after(RESTART, clock)); // it ran before we came
                }
            }
            case RESTART -> engine.restart(job.container(), Deadline.after(RESTART, clock));
        }
        return new RolledBack(job, why);
    }

    private Deadline call() {
        return Deadline.after(CALL, clock);
    }
}
