package io.dso.agent.bundle;

import java.time.Duration;

/**
 * What is done with a running container after its files changed.
 *
 * @param strategy the way
 * @param signal name with SIG, for {@link Strategy#SIGNAL}
 * @param settle how long the container has to keep running before the change counts as good
 * @param healthTimeout how long a container with a health check may take to become healthy
 */
public record ReloadPolicy(Strategy strategy, String signal, Duration settle, Duration healthTimeout) {

    /** Ways to make an application use new files. */
    public enum Strategy {
        /** Files switch, nothing else. */
        NONE,
        /** Files switch, then a signal. */
        SIGNAL,
        /** Files switch, then the same container is restarted. */
        RESTART
    }
}
