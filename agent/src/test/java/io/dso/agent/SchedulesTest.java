package io.dso.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.ProviderSpec;
import io.dso.agent.bundle.ProviderSpec.Launch;
import io.dso.agent.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchedulesTest {
    /** The pauses that each lane made, which last until the test lets it go on. */
    private final Map<String, LinkedBlockingQueue<Duration>> pauses = new ConcurrentHashMap<>();

    private final Map<String, Semaphore> goOn = new ConcurrentHashMap<>();
    private final LinkedBlockingQueue<String> polls = new LinkedBlockingQueue<>();
    private final AtomicLong nanos = new AtomicLong();
    private volatile Duration pollTakes = Duration.ZERO;
    private final Schedules schedules = new Schedules(nanos::get, this::pause, () -> 0.5, this::poll, () -> {});

    private void pause(Duration duration) throws InterruptedException {
        var lane = Thread.currentThread().getName();
        pauses.computeIfAbsent(lane, _ -> new LinkedBlockingQueue<>()).add(duration);
        goOn.computeIfAbsent(lane, _ -> new Semaphore(0)).acquire();
    }

    private void poll(String provider) {
        polls.add(provider);
        nanos.addAndGet(pollTakes.toNanos());
        if (provider.equals("broken")) {
            throw new IllegalStateException("a fault of a poll");
        }
    }

    private Duration nextPause(String lane) throws InterruptedException {
        var pause =
                pauses.computeIfAbsent(lane, _ -> new LinkedBlockingQueue<>()).poll(30, TimeUnit.SECONDS);
        assertThat(pause).as("pause of " + lane).isNotNull();
        return pause;
    }

    private void letGoOn(String lane) {
        goOn.computeIfAbsent(lane, _ -> new Semaphore(0)).release();
    }

    private static Settings settings(Map<String, Duration> intervals) {
        var providers = new LinkedHashMap<String, ProviderSpec>();
        intervals.forEach((name, interval) -> providers.put(
                name,
                new ProviderSpec(
                        name, "test", "{}", interval, Duration.ofSeconds(1), new Launch.Socket(Path.of("/s")))));
        return new Settings(providers, Map.of(), Duration.ofSeconds(10), Duration.ofSeconds(60));
    }

    @AfterEach
    void stop() {
        schedules.close();
    }

    @Test
    void a_poll_begins_within_its_first_interval_and_is_never_later_than_asked_for() throws InterruptedException {
        schedules.apply(settings(Map.of("vault", Duration.ofSeconds(30))));

        assertThat(nextPause("poll-vault")).isEqualTo(Duration.ofSeconds(15));
        letGoOn("poll-vault");
        assertThat(polls.poll(30, TimeUnit.SECONDS)).isEqualTo("vault");
        assertThat(nextPause("poll-vault")).isEqualTo(Duration.ofMillis(28_500));
    }

    @Test
    void a_poll_begins_an_interval_after_the_last_one_began_however_long_that_took() throws InterruptedException {
        pollTakes = Duration.ofMillis(500);
        schedules.apply(settings(Map.of("vault", Duration.ofSeconds(1))));
        nextPause("poll-vault");
        letGoOn("poll-vault");

        assertThat(nextPause("poll-vault")).isEqualTo(Duration.ofMillis(950 - 500));
    }

    @Test
    void a_poll_that_takes_longer_than_its_interval_lets_turns_go_by() throws InterruptedException {
        pollTakes = Duration.ofMillis(2_000);
        schedules.apply(settings(Map.of("vault", Duration.ofSeconds(1))));
        nextPause("poll-vault");
        letGoOn("poll-vault");

        assertThat(nextPause("poll-vault")).isEqualTo(Duration.ofMillis(3 * 950 - 2_000));
    }

    @Test
    void polls_of_many_providers_are_spread_over_the_interval() throws InterruptedException {
        List<Duration> first = new ArrayList<>();
        var next = new AtomicInteger();
        var spread = new Schedules(nanos::get, this::pause, () -> next.getAndIncrement() / 11.0, this::poll, () -> {});
        try (spread) {
            var intervals = new LinkedHashMap<String, Duration>();
            for (int i = 0; i < 10; i++) {
                intervals.put("p" + i, Duration.ofSeconds(10));
            }
            spread.apply(settings(intervals));
            for (int i = 0; i < 10; i++) {
                first.add(nextPause("poll-p" + i));
            }
        }
        assertThat(first).doesNotHaveDuplicates().allMatch(pause -> pause.compareTo(Duration.ofSeconds(10)) < 0);
    }

    @Test
    void a_poll_that_fails_is_made_again() throws InterruptedException {
        schedules.apply(settings(Map.of("broken", Duration.ofSeconds(1))));
        letGoOn("poll-broken");
        letGoOn("poll-broken");

        assertThat(polls.poll(30, TimeUnit.SECONDS)).isEqualTo("broken");
        assertThat(polls.poll(30, TimeUnit.SECONDS)).isEqualTo("broken");
    }

    @Test
    void a_new_configuration_disturbs_no_poll_whose_interval_stays() throws InterruptedException {
        schedules.apply(settings(Map.of("a", Duration.ofSeconds(10), "b", Duration.ofSeconds(10))));
        nextPause("poll-a");
        nextPause("poll-b");

        schedules.apply(settings(Map.of("a", Duration.ofSeconds(10), "b", Duration.ofSeconds(20))));

        assertThat(nextPause("poll-b")).isEqualTo(Duration.ofSeconds(10));
        letGoOn("poll-a");
        assertThat(polls.poll(30, TimeUnit.SECONDS)).isEqualTo("a");
        assertThat(nextPause("poll-a")).isEqualTo(Duration.ofMillis(9_500));
    }
}
