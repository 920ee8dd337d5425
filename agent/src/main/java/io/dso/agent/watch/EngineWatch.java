package io.dso.agent.watch;

import io.dso.agent.engine.Engine;
import io.dso.agent.engine.EngineEvent;
import io.dso.agent.engine.EngineException;
import io.dso.agent.time.Deadline;
import io.dso.agent.time.Pause;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Follows the engine's events for as long as the agent runs: with a cursor, reconnecting with growing pauses, and a full
 * look after each connect, so that a lost event costs time and nothing else.
 */
public final class EngineWatch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(EngineWatch.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration CALL = Duration.ofSeconds(10);

    private final Engine engine;
    private final InstantSource clock;
    private final Pause pause;
    private final Runnable connected;
    private final Consumer<EngineEvent> event;
    private final Thread thread;
    private volatile boolean up;
    private volatile String reason = "not connected yet";
    private volatile Instant cursor;

    /**
     * Starts to follow.
     *
     * @param connected called after each connect, from the watching thread, before events
     * @param event called for each event, from the stream's thread
     */
    public EngineWatch(
            Engine engine, InstantSource clock, Pause pause, Runnable connected, Consumer<EngineEvent> event) {
        this.engine = engine;
        this.clock = clock;
        this.pause = pause;
        this.connected = connected;
        this.event = event;
        this.cursor = clock.instant();
        this.thread = Thread.ofVirtual().name("engine-watch").unstarted(this::follow);
    }

    public void start() {
        thread.start();
    }

    /** Whether the stream is open. */
    public boolean up() {
        return up;
    }

    /** Why it is not. */
    public String reason() {
        return reason;
    }

    private void follow() {
        var wait = FIRST_PAUSE;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                var ended = new CountDownLatch(1);
                @Nullable Exception failure = null;
                try {
                    engine.containers(Deadline.after(CALL, clock)); // answers only when the engine is really there
                    var since = clock.instant();
                    try (var stream = engine.events(cursor, this::received, ended::countDown)) {
                        up = true;
                        connected.run();
                        ended.await();
                    }
                    if (clock.instant().isAfter(since.plus(LONGEST_PAUSE))) { // else it refuses streams alone
                        wait = FIRST_PAUSE;
                    }
                    reason = "the engine ended its stream of events";
                } catch (EngineException e) {
                    failure = e;
                    reason = e.getMessage() == null ? "unknown" : e.getMessage();
                } catch (RuntimeException e) {
                    failure = e;
                    reason = "unexpected: " + e;
                    LOG.error("following the engine's events failed", e);
                }
                if (up || (failure != null && wait.equals(FIRST_PAUSE))) {
                    LOG.warnf("engine is away why='%s'", reason);
                }
                up = false;
                pause.of(wait);
                wait = wait.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wait.multipliedBy(2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private void received(EngineEvent seen) {
        cursor = seen.at();
        event.accept(seen);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
