package io.dso.agent;

import io.dso.agent.config.Settings;
import io.dso.agent.time.Pause;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jboss.logging.Logger;

/**
 * The recurring jobs: a poll for each provider, and the full pass. Each has a lane of its own, begins somewhere in its
 * first interval, and goes on with intervals that are up to a tenth shorter than asked for: so polls of providers, and of
 * many agents, spread by themselves and stay spread. A thread that sleeps and not the framework's scheduler, which looks
 * at the clock once a second.
 */
final class Schedules implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Schedules.class);
    private static final double JITTER = 0.1;

    private final Pause pause;
    private final DoubleSupplier random;
    private final Consumer<String> poll;
    private final Runnable fullPass;
    private final Map<String, Lane> lanes = new HashMap<>();

    private record Lane(Duration interval, Thread thread) {}

    /**
     * Schedules nothing yet.
     *
     * @param random gives 0 to 1
     * @param poll is given the name of the provider whose turn it is
     */
    Schedules(Pause pause, DoubleSupplier random, Consumer<String> poll, Runnable fullPass) {
        this.pause = pause;
        this.random = random;
        this.poll = poll;
        this.fullPass = fullPass;
    }

    /** Makes these the jobs. One whose interval is what it was goes on undisturbed. */
    synchronized void apply(Settings settings) {
        Map<String, Duration> wanted = new HashMap<>();
        settings.providers().forEach((name, spec) -> wanted.put("poll-" + name, spec.poll()));
        wanted.put("full-pass", settings.fullPass());
        lanes.entrySet().removeIf(entry -> {
            boolean stays = entry.getValue().interval().equals(wanted.get(entry.getKey()));
            if (!stays) {
                entry.getValue().thread().interrupt();
            }
            return !stays;
        });
        settings.providers().forEach((name, spec) -> begin("poll-" + name, spec.poll(), () -> poll.accept(name)));
        begin("full-pass", settings.fullPass(), fullPass);
    }

    private void begin(String name, Duration interval, Runnable task) {
        lanes.computeIfAbsent(
                name, _ -> new Lane(interval, Thread.ofVirtual().name(name).start(() -> repeat(name, interval, task))));
    }

    private void repeat(String name, Duration interval, Runnable task) {
        try {
            pause.of(part(interval, random.getAsDouble()));
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.errorf(e, "failed job=%s", name);
                }
                pause.of(part(interval, 1 - JITTER * random.getAsDouble()));
            }
        } catch (InterruptedException e) {
            LOG.debugf("no longer scheduled job=%s", name);
        }
    }

    private static Duration part(Duration whole, double part) {
        return Duration.ofNanos((long) (whole.toNanos() * part));
    }

    @Override
    public synchronized void close() {
        lanes.values().forEach(lane -> lane.thread().interrupt());
        lanes.clear();
    }
}
