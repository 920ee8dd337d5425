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
import io.dso.agent.rotate.Messenger.Outcome;
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
import io.dso.agent.rotate.Rotation.Telling;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Answer.Got;
import io.dso.agent.secret.Answer.Refused;
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
    private static final Duration DELIVERY = Duration.ofSeconds(30);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    private final Engine engine;
    private final Delivery delivery;
    private final Journal journal;
    private final Section<Rotation> underWay;
    private final Settling settling;
    private final Messenger messenger;
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
        this.messenger = new Messenger(engine, clock, pause);
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
        var wait = FIRST_WAIT;
        while (true) {
            try {
                underWay.put(rotation);
                rotation = step(rotation, bundle);
                wait = FIRST_WAIT;
            } catch (EngineException e) {
                if (e.kind() == EngineException.Kind.UNAVAILABLE) {
                    if (wait.equals(FIRST_WAIT)) {
                        LOG.warnf(
                                "rotation waits container=%s bundle=%s why='%s'",
                                rotation.job().name(), rotation.job().bundle(), e.getMessage());
                    }
                    wait = waited(wait);
                } else {
                    rotation = refused(rotation, e);
                }
            } catch (RuntimeException e) {
                // Nothing that a state knows of, like a full disk: trying again beats stopping half way for good.
                LOG.errorf(
                        e,
                        "rotation failed and is tried again container=%s",
                        rotation.job().name());
                wait = waited(wait);
            }
            if (rotation instanceof End end) {
                return end;
            }
        }
    }

    private Duration waited(Duration wait) throws InterruptedException {
        pause.of(wait);
        var next = wait.multipliedBy(2);
        return next.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : next;
    }

    private Rotation step(Rotation rotation, Bundle bundle) throws InterruptedException {
        return switch (rotation) {
            case Switching(var job) -> switchFiles(job, bundle);
            case Applying(var job, var startedAt) -> apply(job, startedAt);
            case Telling(var job, var startedAt) -> tell(job, startedAt);
            case Proving(var job, var startedAt, var since) ->
                switch (settling.prove(job.container(), startedAt, since, job.policy())) {
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
        if (journal.mounts().get(job.mount().id()).filter(Mounted::live).isEmpty()) {
            return new Gone(job); // stopped since this was decided
        }
        var startedAt = "";
        if (job.policy().strategy() != Strategy.NONE) {
            var seen = engine.inspect(job.container(), call());
            if (!seen.running()) {
                return new Gone(job);
            }
            startedAt = seen.startedAt();
        }
        return switch (bring(job, bundle)) {
            case Refused<BundleVersion>(var refusal) -> new Postponed(job, refusal.why());
            case Got<BundleVersion> _ -> {
                journal.mounts().update(job.mount().id(), mount -> mount.at(job.to()));
                yield job.policy().strategy() == Strategy.NONE ? new Done(job) : new Applying(job, startedAt);
            }
        };
    }

    /** A version that the container is to go back to may be one that the store no longer has. */
    private Answer<BundleVersion> bring(Job job, Bundle bundle) {
        var outcome = delivery.back(job.mount(), job.to());
        if (outcome instanceof Refused<BundleVersion>) {
            outcome = delivery.publish(job.mount(), bundle, job.to(), Deadline.after(DELIVERY, clock));
        }
        boolean goesBack = journal.badOf(job.bundle()).stream()
                .anyMatch(mark -> mark.covers(job.container()) && mark.good().equals(job.to()));
        return outcome instanceof Refused<BundleVersion> && goesBack
                ? orElse(delivery.copy(job.to(), journal.mountsOf(job.bundle()), job.mount(), bundle), outcome)
                : outcome;
    }

    private static Answer<BundleVersion> orElse(Answer<BundleVersion> first, Answer<BundleVersion> second) {
        return first instanceof Got<BundleVersion> ? first : second;
    }

    private Rotation apply(Job job, String startedAt) {
        var before = engine.inspect(job.container(), call());
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
            case Outcome.Failed(var why) -> new Reverting(job, why);
        };
    }

    /** The engine doesn't do what a state needs. It also says "not found" of a network that a start needs. */
    private Rotation refused(Rotation rotation, EngineException e) {
        var why = Objects.requireNonNullElse(e.getMessage(), "refused");
        if (e.kind() == EngineException.Kind.NOT_FOUND && isGone(rotation.job())) {
            return new Gone(rotation.job());
        }
        return switch (rotation) {
            case Switching(var job) -> new Postponed(job, why);
            case Applying(var job, var _) -> new Reverting(job, why);
            case Telling(var job, var _) -> new Reverting(job, why);
            case Proving(var job, var _, var _) -> new Reverting(job, why);
            case Reverting(var job, var _) -> new Reapplying(job, why);
            case Reapplying(var job, var first) -> new RolledBack(job, first + "; and then: " + why);
            case End end -> end;
        };
    }

    private boolean isGone(Job job) {
        try {
            engine.inspect(job.container(), call());
            return false;
        } catch (EngineException e) {
            return e.kind() == EngineException.Kind.NOT_FOUND;
        }
    }

    /** The mark comes first: a start of the container from now on gets the old version. */
    private Rotation revert(Job job, String why, Bundle bundle) {
        journal.bad().put(new BadMark(job.container(), job.bundle(), job.to(), job.from(), why));
        for (var mount : journal.mountsOf(job.bundle())) { // not only the job's: it may have been started again
            if (!mount.live() || !mount.container().equals(job.container())) {
                continue;
            }
            switch (takeBack(job, mount, bundle)) {
                case Got<BundleVersion> _ -> journal.mounts().update(mount.id(), still -> still.at(job.from()));
                case Refused<BundleVersion>(var refusal) ->
                    LOG.errorf(
                            "files not taken back container=%s bundle=%s why='%s'",
                            job.name(), job.bundle(), refusal.why());
            }
        }
        return new Reapplying(job, why);
    }

    private Answer<BundleVersion> takeBack(Job job, Mounted mount, Bundle bundle) {
        var outcome = delivery.back(mount, job.from());
        if (outcome instanceof Refused<BundleVersion>) {
            outcome = delivery.copy(job.from(), journal.mountsOf(job.bundle()), mount, bundle);
        }
        return outcome instanceof Refused<BundleVersion>
                ? delivery.publish(mount, bundle, job.from(), Deadline.after(DELIVERY, clock))
                : outcome;
    }

    private Rotation reapply(Job job, String why) throws InterruptedException {
        return new RolledBack(
                job,
                messenger.tellAgain(job) instanceof Outcome.Failed(var again) && !again.equals(why)
                        ? why + "; and then: " + again
                        : why);
    }

    private Deadline call() {
        return Deadline.after(CALL, clock);
    }
}
