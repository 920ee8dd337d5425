package io.dso.agent.bundle;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is done with a running container after its files changed.
 *
 * @param strategy the way
 * @param signal name with SIG, for {@link Strategy#SIGNAL}
 * @param hook what is run, for {@link Strategy#EXEC}
 * @param settle how long the container has to keep running before the change counts as good
 * @param healthTimeout how long a container with a health check may take to become healthy
 * @param batch how several containers take turns
 */
public record ReloadPolicy(
        Strategy strategy, String signal, Hook hook, Duration settle, Duration healthTimeout, Batch batch) {

    /** Ways to make an application use new files. */
    public enum Strategy {
        /** Files switch, nothing else. */
        NONE,
        /** Files switch, then a signal. */
        SIGNAL,
        /** Files switch, then a command in the container. */
        EXEC,
        /** Files switch, then the same container is restarted. */
        RESTART,
        /** A second container with the new files takes the first one's place. */
        ROLLING,
        /** Rolling where it surely works, else restart. */
        AUTO;

        /** As it is written in the configuration. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The one that is written so. */
        public static Optional<Strategy> named(String word) {
            return Arrays.stream(values())
                    .filter(strategy -> strategy.word().equals(word))
                    .findFirst();
        }

        /** All of them, as they are written. */
        public static String words() {
            return Arrays.stream(values()).map(Strategy::word).collect(Collectors.joining(", "));
        }
    }

    /**
     * A command in the container.
     *
     * @param command program and arguments, without a shell; empty where there is no such hook
     * @param timeout how long it may take
     */
    public record Hook(List<String> command, Duration timeout) {
        /** No command. */
        public static final Hook NONE = new Hook(List.of(), Duration.ofSeconds(10));

        public Hook {
            command = List.copyOf(command);
        }
    }

    /**
     * How several containers take turns: one first, and if that went well, more at a time.
     *
     * @param maxParallel how many at a time, at least 1
     * @param onFailure what becomes of the others when one doesn't stand the version
     */
    public record Batch(int maxParallel, OnFailure onFailure) {
        /** One after the other, until one fails. */
        public static final Batch CAREFUL = new Batch(1, OnFailure.STOP);
    }

    /** What becomes of the others when one container doesn't stand a version. */
    public enum OnFailure {
        /** They stay where they are, on the old version or the new one. */
        STOP,
        /** Those which are on the new version go back, too. */
        ROLLBACK
    }

    /** For what nobody knows the policy of any more. */
    public static final ReloadPolicy LEFT_OVER = new ReloadPolicy(
            Strategy.ROLLING, "SIGHUP", Hook.NONE, Duration.ofSeconds(2), Duration.ofSeconds(60), Batch.CAREFUL);

    /** The same by another way. */
    public ReloadPolicy by(Strategy other) {
        return new ReloadPolicy(other, signal, hook, settle, healthTimeout, batch);
    }

    /** The same with another settle time. */
    public ReloadPolicy settling(Duration other) {
        return new ReloadPolicy(strategy, signal, hook, other, healthTimeout, batch);
    }

    /** By another signal. */
    public ReloadPolicy signalling(String other) {
        return new ReloadPolicy(Strategy.SIGNAL, other, hook, settle, healthTimeout, batch);
    }

    /** By another command, with the same timeout. */
    public ReloadPolicy running(List<String> command) {
        return new ReloadPolicy(Strategy.EXEC, signal, new Hook(command, hook.timeout()), settle, healthTimeout, batch);
    }
}
