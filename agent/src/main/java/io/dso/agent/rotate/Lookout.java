package io.dso.agent.rotate;

import io.dso.agent.engine.Engine;
import io.dso.agent.engine.EngineException;
import io.dso.agent.engine.EngineException.Kind;
import io.dso.agent.engine.Inspection;
import io.dso.agent.rotate.Rotation.Job;
import io.dso.agent.time.Deadline;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Looks for containers that may be gone, names them for people, and says how long the engine may take. */
final class Lookout {
    private static final Duration CALL = Duration.ofSeconds(10);
    /** Starts and stops take as long as the container likes. */
    private static final Duration LIFE = Duration.ofMinutes(3);

    private final Engine engine;
    private final InstantSource clock;

    Lookout(Engine engine, InstantSource clock) {
        this.engine = engine;
        this.clock = clock;
    }

    Optional<Inspection> find(String container) {
        try {
            return Optional.of(engine.inspect(container, call()));
        } catch (EngineException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** A name for people; nothing is found by it. */
    static String next(String name, Job job) {
        return "%s-next-%.8s".formatted(name, job.container());
    }

    static String last(String name, Job job) {
        return "%s-last-%.8s".formatted(name, job.container());
    }

    Deadline call() {
        return Deadline.after(CALL, clock);
    }

    Deadline life() {
        return Deadline.after(LIFE, clock);
    }
}
