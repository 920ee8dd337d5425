package io.dso.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.engine.EngineEvent;
import io.dso.agent.engine.FakeEngine;
import io.dso.agent.engine.FakeEngine.Moment;
import io.dso.agent.reconcile.World;
import io.dso.agent.time.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineWatchTest {
    private final TestClock clock = new TestClock();
    private final FakeEngine engine = new FakeEngine(clock);
    private final AtomicInteger connects = new AtomicInteger();
    private final List<EngineEvent> seen = new CopyOnWriteArrayList<>();
    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final Semaphore turns = new Semaphore(0);
    private final EngineWatch watch = new EngineWatch(
            engine,
            clock,
            pause -> {
                pauses.add(pause);
                clock.of(pause);
                turns.acquire();
            },
            connects::incrementAndGet,
            seen::add);

    @AfterEach
    void end() {
        watch.close();
    }

    @Test
    void everything_is_looked_at_after_each_connect_and_events_are_passed_on() {
        watch.start();
        World.eventually(() -> assertThat(connects).hasValue(1));
        assertThat(watch.up()).isTrue();

        var web = engine.create("web");
        engine.run(web);

        World.eventually(() -> assertThat(seen).extracting(EngineEvent::action).containsExactly("start"));
        assertThat(seen.getFirst().container()).isEqualTo(web.id);
    }

    @Test
    void an_engine_that_comes_back_is_looked_at_anew_and_waiting_for_it_slows_down() {
        engine.away = true;
        watch.start();
        turns.release(8);
        World.eventually(() -> assertThat(pauses).hasSize(9));
        assertThat(watch.up()).isFalse();
        assertThat(watch.reason()).isEqualTo("the Docker engine can't be reached");
        assertThat(connects).hasValue(0);

        engine.away = false;
        turns.release();

        World.eventually(() -> assertThat(connects).hasValue(1));
        assertThat(pauses.subList(0, 4))
                .containsExactly(
                        Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofMillis(800));
        assertThat(pauses).last().isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void an_engine_that_answers_but_refuses_the_stream_is_not_asked_ever_faster() {
        engine.fault((call, moment) -> {
            if (call % 2 == 0 && moment == Moment.BEFORE) { // every second call is for events
                throw new IllegalStateException("403 Forbidden");
            }
        });

        watch.start();
        turns.release(8);

        World.eventually(() -> assertThat(pauses).hasSize(9));
        assertThat(pauses).last().isEqualTo(Duration.ofSeconds(5));
    }
}
