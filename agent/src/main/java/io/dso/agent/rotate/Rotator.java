package io.dso.agent.rotate;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.engine.Engine;
import io.dso.agent.engine.EngineException;
import io.dso.agent.inject.Delivery;
import io.dso.agent.record.Journal;
import io.dso.agent.record.Section;
import io.dso.agent.rotate.Rotation.Choosing;
import io.dso.agent.rotate.Rotation.End;
import io.dso.agent.rotate.Rotation.Gone;
import io.dso.agent.rotate.Rotation.InPlace;
import io.dso.agent.rotate.Rotation.Job;
import io.dso.agent.rotate.Rotation.Postponed;
import io.dso.agent.rotate.Rotation.Switching;
import io.dso.agent.time.Pause;
import io.dso.agent.verify.Settling;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Walks a rotation to its end, one state after the other. */
public final class Rotator {
    private static final Logger LOG = Logger.getLogger(Rotator.class);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);
    /** How often a state is tried that the engine refuses and nothing else can stand in for: a minute and a half. */
    private static final int TRIES = 10;

    private final Section<Rotation> underWay;
    private final Choices choices;
    private final Lookout lookout;
    private final InPlaceSteps inPlace;
    private final RollingSteps rolling;
    private final Pause pause;

    /**
     * Rotates nothing by itself.
     *
     * @param bundles as they are configured now
     */
    public Rotator(
            Supplier<Map<String, Bundle>> bundles,
            Engine engine,
            Kernel kernel,
            Delivery delivery,
            Journal journal,
            Section<Rotation> underWay,
            Choices choices,
            InstantSource clock,
            Pause pause) {
        var files = new FileSwitch(delivery, journal, bundles, clock);
        var settling = new Settling(engine, clock, pause);
        this.underWay = underWay;
        this.choices = choices;
        this.lookout = new Lookout(engine, clock);
        this.inPlace =
                new InPlaceSteps(engine, lookout, files, settling, new Messenger(engine, lookout, clock, pause), clock);
        this.rolling = new RollingSteps(engine, lookout, kernel, journal, files, settling, clock);
        this.pause = pause;
    }

    /** The first state of a job. */
    public static Rotation begin(Job job) {
        return switch (job.policy().strategy()) {
            case NONE, SIGNAL, EXEC, RESTART -> new Switching(job);
            case ROLLING -> new Rolling.Cloning(job);
            case AUTO -> new Choosing(job);
        };
    }

    /** Goes on until an end; waits as long as the engine is away. The caller takes the end out of the journal. */
    public End walk(Rotation start) throws InterruptedException {
        var rotation = start;
        var patience = new Patience(pause);
        while (!(rotation instanceof End end)) {
            var now = rotation;
            try {
                underWay.put(now);
                rotation = step(now);
                patience = new Patience(pause);
            } catch (EngineException e) {
                rotation = failed(now, e, patience);
            } catch (RuntimeException e) {
                // Nothing that a state knows of, like a full disk: trying again beats stopping half way for good.
                LOG.errorf(
                        e,
                        "rotation failed and is tried again container=%s",
                        now.job().name());
                patience.tryAgain();
            }
        }
        return end;
    }

    private Rotation step(Rotation rotation) throws InterruptedException {
        return switch (rotation) {
            case Choosing(var job) -> begin(job.by(choices.choose(job, lookout.call())));
            case InPlace state -> inPlace.step(state);
            case Rolling state -> rolling.step(state);
            case End end -> end;
        };
    }

    private Rotation failed(Rotation rotation, EngineException e, Patience patience) throws InterruptedException {
        if (e.kind() != EngineException.Kind.UNAVAILABLE) {
            try {
                return refused(rotation, e, patience);
            } catch (EngineException again) { // it looks at the engine, which may fail as well
                patience.waitFor(rotation, again);
                return rotation;
            }
        }
        patience.waitFor(rotation, e);
        return rotation;
    }

    private Rotation refused(Rotation rotation, EngineException e, Patience patience) throws InterruptedException {
        return switch (rotation) {
            case Choosing(var job) ->
                e.kind() == EngineException.Kind.NOT_FOUND
                        ? new Gone(job)
                        : new Postponed(job, String.valueOf(e.getMessage()));
            case InPlace state ->
                orTriedAgain(state, inPlace.refused(state, e), inPlace.givenUp(state, e), e, patience);
            case Rolling state -> orTriedAgain(state, rolling.refused(state, e), rolling.givenUp(state), e, patience);
            case End end -> end;
        };
    }

    private static Rotation orTriedAgain(
            Rotation state, Optional<Rotation> next, Optional<End> givenUp, EngineException e, Patience patience)
            throws InterruptedException {
        if (next.isPresent()) {
            return next.get();
        }
        if (patience.tries() >= TRIES && givenUp.isPresent()) {
            LOG.errorf(
                    "a rotation ends half done container=%s why='%s'",
                    state.job().name(), e.getMessage());
            return givenUp.get();
        }
        patience.waitFor(state, e);
        return state;
    }

    /** Growing waits of one state. */
    private static final class Patience {
        private final Pause pause;
        private Duration next = FIRST_WAIT;
        private int tries;

        private Patience(Pause pause) {
            this.pause = pause;
        }

        int tries() {
            return tries;
        }

        void waitFor(Rotation rotation, EngineException why) throws InterruptedException {
            if (tries == 0) {
                LOG.warnf(
                        "rotation waits container=%s bundle=%s why='%s'",
                        rotation.job().name(), rotation.job().bundle(), why.getMessage());
            }
            tryAgain();
        }

        void tryAgain() throws InterruptedException {
            tries++;
            pause.of(next);
            var longer = next.multipliedBy(2);
            next = longer.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : longer;
        }
    }
}
