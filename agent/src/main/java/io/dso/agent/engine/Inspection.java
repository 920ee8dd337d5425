package io.dso.agent.engine;

/**
 * A container's state at one moment.
 *
 * @param id full ID
 * @param name without the leading slash
 * @param running whether its first process runs
 * @param pid its first process on the host, 0 if none
 * @param startedAt the engine's text of when it was started last; compared for equality alone
 * @param exitCode of the last run
 * @param error what kept it from starting; empty if nothing
 * @param health what its health check says
 * @param restarts whether the engine restarts it by itself (its restart policy isn't {@code no})
 */
public record Inspection(
        String id,
        String name,
        boolean running,
        long pid,
        String startedAt,
        long exitCode,
        String error,
        Health health,
        boolean restarts) {

    /** What a health check says. */
    public enum Health {
        /** There is no health check. */
        NONE,
        STARTING,
        HEALTHY,
        UNHEALTHY
    }
}
