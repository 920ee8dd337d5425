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
     */
    public Proof prove(String container, String startedAt, ReloadPolicy policy) throws InterruptedException {
        Instant begin = clock.instant();
        var run = startedAt;
        boolean away = false;
        boolean illBefore = true; // until it is seen otherwise
        while (true) {
            Inspection seen;
            try {
                seen = engine.inspect(container, Deadline.after(CALL, clock));
            } catch (EngineException e) {
                if (e.kind() == EngineException.Kind.NOT_FOUND) {
                    return new Proof.Gone();
                }
                if (clock.instant().isAfter(begin.plus(ENGINE_AWAY))) {
                    return new Proof.Fails("the engine didn't say how the container is: " + e.getMessage());
                }
                away = true;
                pause.of(LOOK_EVERY);
                continue;
            }
            if (away && seen.running() && !seen.startedAt().equals(run)) {
                run = seen.startedAt();
                begin = clock.instant();
            }
            away = false;
            if (!seen.running() || !seen.startedAt().equals(run)) {
                return ended(seen, container, begin);
            }
            var now = clock.instant();
            switch (seen.health()) {
                case UNHEALTHY -> {
                    if (!illBefore || !now.isBefore(begin.plus(policy.healthTimeout()))) {
                        return new Proof.Fails("%s is unhealthy".formatted(seen.name()));
                    }
                }
                case STARTING -> {
                    illBefore = false;
                    if (!now.isBefore(begin.plus(policy.healthTimeout()))) {
                        return new Proof.Fails("%s is not healthy after %d s"
                                .formatted(seen.name(), policy.healthTimeout().toSeconds()));
                    }
                }
                case NONE, HEALTHY -> {
                    illBefore = false;
                    if (!now.isBefore(begin.plus(policy.settle()))) {
                        return new Proof.Holds();
                    }
                }
            }
            pause.of(LOOK_EVERY);
        }
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
