package io.dso.agent.verify;

import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.engine.Engine;
import io.dso.agent.engine.EngineException;
import io.dso.agent.engine.Inspection;
import io.dso.agent.time.Deadline;
import io.dso.agent.time.Pause;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Watches a container after a change: it has to keep running, without a restart, through the settle time, and where it
 * has a health check to be healthy within the health timeout. A container that is unhealthy already has that long to be cured by
 * the change.
 */
public final class Settling {
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration CALL = Duration.ofSeconds(10);
    /** An engine that is away says nothing about the application: we wait for it this long on top. */
    private static final Duration ENGINE_AWAY = Duration.ofMinutes(5);

    private final Engine engine;
    private final InstantSource clock;
    private final Pause pause;

    public Settling(Engine engine, InstantSource clock, Pause pause) {
        this.engine = engine;
        this.clock = clock;
        this.pause = pause;
    }

    /**
     * Waits for the proof, one way or the other.
     *
     * @param container its ID
     * @param startedAt the run it must still be in, as {@link Inspection#startedAt()} had it; if the engine was away
     *     meanwhile and then has it in another run, that run has to settle: who ended the first one isn't known
     * @param since when the change took effect, which may be before a kill of ours: whoever stopped the container later did
     *     so for reasons of their own
     */
    public Proof prove(String container, String startedAt, Instant since, ReloadPolicy policy)
            throws InterruptedException {
        var run = new Run(container, startedAt, since, clock.instant());
        while (true) {
            var proof = look(run, policy);
            if (proof.isPresent()) {
                return proof.get();
            }
            pause.of(LOOK_EVERY);
        }
    }

    /** What is being watched, as far as it was seen. */
    private static final class Run {
        private final String container;
        private String startedAt;
        private final Instant since;
        private Instant begin;
        private boolean engineAway;
        private boolean illBefore = true; // until it is seen otherwise

        private Run(String container, String startedAt, Instant since, Instant begin) {
            this.container = container;
            this.startedAt = startedAt;
            this.since = since;
            this.begin = begin;
        }
    }

    /** One look; empty while it is too early to tell. */
    private Optional<Proof> look(Run run, ReloadPolicy policy) {
        try {
            var seen = engine.inspect(run.container, Deadline.after(CALL, clock));
            if (run.engineAway && seen.running() && !seen.startedAt().equals(run.startedAt)) {
                run.startedAt = seen.startedAt();
                run.begin = clock.instant();
            }
            run.engineAway = false;
            return seen.running() && seen.startedAt().equals(run.startedAt)
                    ? judge(run, seen, policy)
                    : Optional.of(ended(seen, run.container, run.since));
        } catch (EngineException e) {
            if (e.kind() == EngineException.Kind.NOT_FOUND) {
                return Optional.of(new Proof.Gone());
            }
            run.engineAway = true;
            return clock.instant().isAfter(run.begin.plus(ENGINE_AWAY))
                    ? Optional.of(new Proof.Fails("the engine didn't say how the container is: " + e.getMessage()))
                    : Optional.empty();
        }
    }

    private Optional<Proof> judge(Run run, Inspection seen, ReloadPolicy policy) {
        var ranFor = Duration.between(run.begin, clock.instant());
        boolean tooLate = ranFor.compareTo(policy.healthTimeout()) >= 0;
        boolean wasIll = run.illBefore;
        run.illBefore = wasIll && seen.health() == Inspection.Health.UNHEALTHY;
        return switch (seen.health()) {
            case UNHEALTHY ->
                wasIll && !tooLate
                        ? Optional.empty()
                        : Optional.of(new Proof.Fails("%s is unhealthy".formatted(seen.name())));
            case STARTING ->
                tooLate
                        ? Optional.of(new Proof.Fails("%s is not healthy after %d s"
                                .formatted(seen.name(), policy.healthTimeout().toSeconds())))
                        : Optional.empty();
            case NONE, HEALTHY ->
                ranFor.compareTo(policy.settle()) >= 0 ? Optional.of(new Proof.Holds()) : Optional.empty();
        };
    }

    /** An end that somebody asked for is no fault of the change. */
    private Proof ended(Inspection seen, String container, Instant since) {
        if (stopAsked(container, since)) {
            return new Proof.Gone();
        }
        return new Proof.Fails(
                seen.running()
                        ? "%s ended after the change and was started again".formatted(seen.name())
                        : "%s exited with %d after the change".formatted(seen.name(), seen.exitCode()));
    }

    private boolean stopAsked(String container, Instant since) {
        try {
            return engine.stopAsked(container, since, Deadline.after(CALL, clock));
        } catch (EngineException e) {
            return false; // what was seen counts
        }
    }
}
