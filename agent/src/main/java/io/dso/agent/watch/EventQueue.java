package io.dso.agent.watch;

import io.dso.agent.engine.EngineEvent;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Takes the engine's events off the stream's thread: the engine drops what a slow reader doesn't take, and looking into a
 * container takes its time. Of each container the newest event waits, since it is a hint to look at what is there now; and
 * there is room for a number of containers: beyond it a full look is asked for, which makes the rest needless.
 */
public final class EventQueue implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(EventQueue.class);
    /** Containers. */
    public static final int ROOM = 4096;

    private final Consumer<EngineEvent> handle;
    private final Runnable overflowed;
    private final SequencedMap<String, EngineEvent> waiting = new LinkedHashMap<>();
    private final Thread thread;

    /**
     * Starts to hand on.
     *
     * @param handle called from a thread of the queue's own, one event at a time
     * @param overflowed asks for a full look; must return at once
     */
    public EventQueue(Consumer<EngineEvent> handle, Runnable overflowed) {
        this.handle = handle;
        this.overflowed = overflowed;
        this.thread = Thread.ofVirtual().name("engine-events").start(this::handOn);
    }

    /** Takes an event. Returns at once. */
    public void offer(EngineEvent event) {
        synchronized (waiting) {
            if (waiting.size() < ROOM || waiting.containsKey(event.container())) {
                waiting.putLast(event.container(), event);
                waiting.notifyAll();
                return;
            }
        }
        overflowed.run();
    }

    /** Events that wait. */
    int waiting() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    private void handOn() {
        try {
            while (true) {
                var event = next();
                try {
                    handle.accept(event);
                } catch (RuntimeException e) {
                    LOG.errorf(e, "an event was left out action=%s container=%s", event.action(), event.container());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private EngineEvent next() throws InterruptedException {
        synchronized (waiting) {
            while (waiting.isEmpty()) {
                waiting.wait();
            }
            return waiting.pollFirstEntry().getValue();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
