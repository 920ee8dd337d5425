package io.dso.agent.record;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Tells the log and whoever listens what happened. Thread-safe. */
public final class Events {
    private static final Logger LOG = Logger.getLogger("io.dso.audit");

    private final InstantSource clock;
    private final List<Consumer<Happening>> listeners = new CopyOnWriteArrayList<>();

    public Events(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Records what happened.
     *
     * @param type a constant name, as in control.proto
     * @param keysAndValues alternating; an empty value leaves the key out
     */
    public void tell(String type, String... keysAndValues) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            if (!keysAndValues[i + 1].isEmpty()) {
                attributes.put(keysAndValues[i], keysAndValues[i + 1]);
            }
        }
        var happening = new Happening(clock.instant(), type, attributes);
        if (attributes.containsKey("why")) {
            LOG.warn(happening);
        } else {
            LOG.info(happening);
        }
        listeners.forEach(listener -> listener.accept(happening));
    }

    /** Calls the listener with everything from now on, until the result is closed. It must be quick and not throw. */
    public Listening listen(Consumer<Happening> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Ends a listening. */
    @FunctionalInterface
    public interface Listening extends AutoCloseable {
        @Override
        void close();
    }
}
