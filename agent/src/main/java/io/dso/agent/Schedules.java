package io.dso.agent;

import io.dso.agent.config.Settings;
import io.dso.agent.time.Pause;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.quarkus.scheduler.Scheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The recurring jobs: a full pass, and a poll for each provider. The full pass is a job of the framework's scheduler. That
 * one looks at the clock once a second, which is too coarse for polls: each has a lane of its own, begins somewhere in its
 * first interval, and from then on at most an interval after the last one began, up to a tenth of it early. So polls of
 * providers, and of many agents, spread by themselves and stay spread, and a change waits for one interval at most, however
 * long a poll takes. One that takes longer than the interval lets turns go by, as a store that slow has enough to do.
 */
final class Schedules implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Schedules.class);
    private static final double JITTER = 0.1;
    private static final String FULL_PASS = "full-pass";

    private final LongSupplier nanos;
    private final Pause pause;
    private final DoubleSupplier random;
    private final Consumer<String> poll;
    private final Runnable fullPass;
    private final Map<String, Lane> lanes = new HashMap<>();
    private @Nullable Scheduler scheduler;
    private @Nullable Duration fullPassEvery;

    private record Lane(Duration interval, Thread thread) {}

    /**
     * Schedules nothing yet.
     *
     * @param nanos a clock that is never set
     * @param random gives 0 to 1
     * @param poll is given the name of the provider whose turn it is
     */
    Schedules(LongSupplier nanos, Pause pause, DoubleSupplier random, Consumer<String> poll, Runnable fullPass) {
        this.nanos = nanos;
        this.pause = pause;
        this.random = random;
        this.poll = poll;
        this.fullPass = fullPass;
    }

    /** Has the full pass run by the framework's scheduler, from now on: the agent works before there is one. */
    synchronized void runBy(Scheduler framework) {
        scheduler = framework;
        scheduleFullPass();
    }

    /** Makes these the jobs. A poll whose interval is what it was goes on undisturbed. */
    synchronized void apply(Settings settings) {
        var providers = settings.providers();
        lanes.entrySet().removeIf(entry -> {
            var wanted = providers.get(entry.getKey());
            boolean stays =
                    wanted != null && wanted.poll().equals(entry.getValue().interval());
            if (!stays) {
                entry.getValue().thread().interrupt();
            }
            return !stays;
        });
        providers.forEach((name, spec) -> begin(name, spec.poll()));
        fullPassEvery = settings.fullPass();
        scheduleFullPass();
    }

    private void scheduleFullPass() {
        if (scheduler == null || fullPassEvery == null) {
            return;
        }
        scheduler.unscheduleJob(FULL_PASS);
        scheduler
                .newJob(FULL_PASS)
                .setInterval(fullPassEvery.toString())
                .setDelayed(fullPassEvery.toString())
                .setConcurrentExecution(ConcurrentExecution.SKIP)
                .setTask(_ -> fullPass.run(), true)
                .schedule();
    }

    private void begin(String provider, Duration interval) {
        lanes.computeIfAbsent(
                provider,
                _ -> new Lane(
                        interval, Thread.ofVirtual().name("poll-" + provider).start(() -> repeat(provider, interval))));
    }

    private void repeat(String provider, Duration interval) {
        try {
            pause.of(part(interval, random.getAsDouble()));
            while (!Thread.currentThread().isInterrupted()) {
                long began = nanos.getAsLong();
                try {
                    poll.accept(provider);
                } catch (RuntimeException e) {
                    LOG.errorf(e, "a poll failed provider=%s", provider);
                }
                pause.of(rest(part(interval, 1 - JITTER * random.getAsDouble()), nanos.getAsLong() - began));
            }
        } catch (InterruptedException e) {
            LOG.debugf("polled no longer provider=%s", provider);
        }
    }

    /** From now to the next turn: turns are a cycle apart, and the last one was so many nanoseconds ago. */
    private static Duration rest(Duration cycle, long ago) {
        return cycle.minusNanos(ago % cycle.toNanos());
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
