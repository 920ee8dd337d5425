package io.dso.agent.rotate;

import io.dso.agent.engine.Engine;
import io.dso.agent.engine.EngineException;
import io.dso.agent.rotate.Rotation.Job;
import io.dso.agent.time.Deadline;
import io.dso.agent.time.Pause;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;

/** Tells an application that its files are other ones: by a signal, by a command in its container, by a restart. */
final class Messenger {
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    private final Engine engine;
    private final Lookout lookout;
    private final InstantSource clock;
    private final Pause pause;

    Messenger(Engine engine, Lookout lookout, InstantSource clock, Pause pause) {
        this.engine = engine;
        this.lookout = lookout;
        this.clock = clock;
        this.pause = pause;
    }

    /** How it went. */
    sealed interface Outcome {
        /**
         * It knows.
         *
         * @param startedAt the run that knows
         */
        record Told(String startedAt) implements Outcome {}

        /** It doesn't run any more. */
        record Ended() implements Outcome {}

        /** The command says that the application doesn't take it. */
        record Failed(String why) implements Outcome {}
    }

    /**
     * Tells. After a kill it may have been told already, which is harmless.
     *
     * @param startedAt the run that is to be told: a restart isn't done again in a later one
     */
    Outcome tell(Job job, String startedAt) throws InterruptedException {
        var before = engine.inspect(job.container(), lookout.call());
        return switch (job.policy().strategy()) {
            case ROLLING, AUTO ->
                throw new IllegalArgumentException(
                        "not in place: " + job.policy().strategy());
            case NONE -> new Outcome.Told(before.startedAt());
            case SIGNAL ->
                before.running() && signalled(job) ? new Outcome.Told(before.startedAt()) : new Outcome.Ended();
            case EXEC -> before.running() ? hooked(job, before.startedAt()) : new Outcome.Ended();
            case RESTART -> {
                if (before.startedAt().equals(startedAt)) {
                    engine.restart(job.container(), lookout.life());
                }
                yield new Outcome.Told(
                        engine.inspect(job.container(), lookout.call()).startedAt());
            }
        };
    }

    /** Tells one that was switched back, and has it run in any case: it ran before we came. */
    Outcome tellAgain(Job job) throws InterruptedException {
        var outcome = tell(job, engine.inspect(job.container(), lookout.call()).startedAt());
        if (outcome instanceof Outcome.Ended) {
            engine.start(job.container(), lookout.life());
        }
        return outcome;
    }

    /** False if the container isn't running any more. */
    private boolean signalled(Job job) {
        try {
            engine.signal(job.container(), job.policy().signal(), lookout.call());
            return true;
        } catch (EngineException e) {
            return !hasEnded(job, e);
        }
    }

    private Outcome hooked(Job job, String startedAt) throws InterruptedException {
        try {
            var exec = engine.exec(job.container(), job.policy().hook().command(), lookout.call());
            var code = awaited(exec, Deadline.after(job.policy().hook().timeout(), clock));
            if (code.isPresent() && code.getAsLong() == 0) {
                return new Outcome.Told(startedAt);
            }
            if (!engine.inspect(job.container(), lookout.call()).running()) {
                return new Outcome.Ended();
            }
            return new Outcome.Failed("reload command %s of %s %s"
                    .formatted(
                            job.policy().hook().command().getFirst(),
                            job.name(),
                            code.isPresent()
                                    ? "ended with " + code.getAsLong()
                                    : "did not end within %d s"
                                            .formatted(job.policy()
                                                    .hook()
                                                    .timeout()
                                                    .toSeconds())));
        } catch (EngineException e) {
            hasEnded(job, e);
            return new Outcome.Ended();
        }
    }

    private OptionalLong awaited(String exec, Deadline deadline) throws InterruptedException {
        while (true) {
            var code = engine.exitCode(exec, lookout.call());
            if (code.isPresent() || deadline.passed()) {
                return code;
            }
            pause.of(LOOK_EVERY);
        }
    }

    /** True if that was the reason for a refusal; else it is thrown. */
    private boolean hasEnded(Job job, EngineException e) {
        if (e.kind() == EngineException.Kind.UNAVAILABLE
                || engine.inspect(job.container(), lookout.call()).running()) {
            throw e;
        }
        return true;
    }
}
