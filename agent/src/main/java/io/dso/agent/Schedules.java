package io.dso.agent;

import io.dso.agent.config.Settings;
import io.quarkus.scheduler.Scheduler;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The recurring jobs: a poll for each provider, and the full pass. Made anew for each configuration. */
final class Schedules {
    /** Polls of many agents and providers are to be spread over the interval. */
    private static final double JITTER = 0.1;

    private final Consumer<String> poll;
    private final Runnable fullPass;
    private final Set<String> jobs = new HashSet<>();
    private @Nullable Scheduler scheduler;
    private @Nullable Settings settings;

    /**
     * Schedules nothing yet.
     *
     * @param poll is given the name of the provider whose turn it is
     */
    Schedules(Consumer<String> poll, Runnable fullPass) {
        this.poll = poll;
        this.fullPass = fullPass;
    }

    /** Has all jobs run by a scheduler, from now on: the agent works before there is one. */
    synchronized void runBy(Scheduler framework) {
        scheduler = framework;
        schedule();
    }

    synchronized void apply(Settings inForce) {
        settings = inForce;
        schedule();
    }

    private void schedule() {
        if (scheduler == null || settings == null) {
            return;
        }
        jobs.forEach(scheduler::unscheduleJob);
        jobs.clear();
        for (var provider : settings.providers().entrySet()) {
            every(
                    scheduler,
                    "poll-" + provider.getKey(),
                    provider.getValue().poll(),
                    () -> poll.accept(provider.getKey()));
        }
        every(scheduler, "full-pass", settings.fullPass(), fullPass);
    }

    private void every(Scheduler scheduler, String name, Duration interval, Runnable task) {
        scheduler
                .newJob(name)
                .setInterval(interval.toString())
                .setDelayed(interval.toString())
                .setConcurrentExecution(io.quarkus.scheduler.Scheduled.ConcurrentExecution.SKIP)
                .setTask(
                        _ -> {
                            pause(interval);
                            task.run();
                        },
                        true)
                .schedule();
        jobs.add(name);
    }

    private static void pause(Duration interval) {
        try {
            Thread.sleep((long)
                    (interval.toMillis() * JITTER * ThreadLocalRandom.current().nextDouble()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
