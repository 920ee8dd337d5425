package io.dso.agent.bundle;

import java.time.Duration;
import java.util.List;

/**
 * What is done with a running container after its files changed.
 *
 * @param strategy the way
 * @param signal name with SIG, for {@link Strategy#SIGNAL}
 * @param hook what is run, for {@link Strategy#EXEC}
 * @param settle how long the container has to keep running before the change counts as good
 * @param healthTimeout how long a container with a health check may take to become healthy
 */
public record ReloadPolicy(Strategy strategy, String signal, Hook hook, Duration settle, Duration healthTimeout) {

    /** Ways to make an application use new files. */
    public enum Strategy {
        /** Files switch, nothing else. */
        NONE,
        /** Files switch, then a signal. */
        SIGNAL,
        /** Files switch, then a command in the container. */
        EXEC,
        /** Files switch, then the same container is restarted. */
        RESTART
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

    /** The same by another way. */
    public ReloadPolicy by(Strategy other) {
        return new ReloadPolicy(other, signal, hook, settle, healthTimeout);
    }

    /** By another signal. */
    public ReloadPolicy signalling(String other) {
        return new ReloadPolicy(Strategy.SIGNAL, other, hook, settle, healthTimeout);
    }

    /** By another command, with the same timeout. */
    public ReloadPolicy running(List<String> command) {
        return new ReloadPolicy(Strategy.EXEC, signal, new Hook(command, hook.timeout()), settle, healthTimeout);
    }
}
