package io.dso.agent.time;

import java.time.Duration;

/** Waiting, so that tests can move the clock instead. */
@FunctionalInterface
public interface Pause {
    void of(Duration duration) throws InterruptedException;

    /** Really waits. */
    static Pause sleeping() {
        return Thread::sleep;
    }
}
