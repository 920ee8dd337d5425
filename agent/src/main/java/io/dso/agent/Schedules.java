package io.dso.agent;

import io.dso.agent.config.Settings;
import io.quarkus.scheduler.Scheduler;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** The recurring jobs: a poll for each provider, and the full pass. Made anew for each configuration. */
final class Schedules {
    /** Polls of many agents and providers are to be spread over the interval. */
    private static final double JITTER = 0.1;

    private final Scheduler scheduler;
    private final Consumer<String> poll;
    private final Runnable fullPass;
    private final Set<String> jobs = new HashSet<>();

    /**
     * Schedules nothing yet.
     *
     * @param poll is given the name of the provider whose turn it is
     */
    Schedules(Scheduler scheduler, Consumer<String> poll, Runnable fullPass) {
        this.scheduler = scheduler;
        this.poll = poll;
        this.fullPass = fullPass;
    }

    synchronized void apply(Settings settings) {
        jobs.forEach(scheduler::unscheduleJob);
        jobs.clear();
        settings.providers().forEach((name, spec) -> every("poll-" + name, spec.poll(), () -> poll.accept(name)));
        every("full-pass", settings.fullPass(), fullPass);
    }

    private void every(String name, Duration interval, Runnable task) {
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
