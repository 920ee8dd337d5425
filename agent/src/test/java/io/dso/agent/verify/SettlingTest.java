package io.dso.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.engine.EngineException;
import io.dso.agent.engine.FakeContainer;
import io.dso.agent.engine.FakeEngine;
import io.dso.agent.engine.FakeEngine.Moment;
import io.dso.agent.engine.Inspection.Health;
import io.dso.agent.time.Deadline;
import io.dso.agent.time.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SettlingTest {
    private static final ReloadPolicy POLICY = new ReloadPolicy(
            Strategy.SIGNAL,
            "SIGHUP",
            ReloadPolicy.Hook.NONE,
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            ReloadPolicy.Batch.CAREFUL);

    private final TestClock clock = new TestClock();
    private final FakeEngine engine = new FakeEngine(clock);
    private final FakeContainer web = engine.create("web");
    private final Instant begin = clock.instant();

    private Proof prove() throws InterruptedException {
        engine.run(web);
        var run = engine.inspect(web.id, Deadline.after(Duration.ofSeconds(1), clock))
                .startedAt();
        return new Settling(engine, clock, clock).prove(web.id, run, begin, POLICY);
    }

    private Duration took() {
        return Duration.between(begin, clock.instant());
    }

    @Test
    void one_that_keeps_running_through_the_settle_time_holds() throws InterruptedException {
        assertThat(prove()).isEqualTo(new Proof.Holds());
        assertThat(took()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void one_that_exits_fails_with_its_code() throws InterruptedException {
        clock.in(Duration.ofSeconds(2), () -> engine.exit(web, 78));

        assertThat(prove()).isEqualTo(new Proof.Fails("web exited with 78 after the change"));
        assertThat(took()).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void one_that_its_user_stops_is_not_blamed_on_the_change() throws InterruptedException {
        clock.in(Duration.ofSeconds(2), () -> engine.stop(web));

        assertThat(prove()).isEqualTo(new Proof.Gone());
    }

    @Test
    void one_that_its_user_restarts_is_not_blamed_on_the_change_either() throws InterruptedException {
        clock.in(
                Duration.ofMillis(2050),
                () -> { // up again before the next look
                    engine.stop(web);
                    engine.run(web);
                });

        assertThat(prove()).isEqualTo(new Proof.Gone());
    }

    @Test
    void one_that_the_engine_starts_again_fails_also_when_the_look_comes_too_late_to_see_it_down()
            throws InterruptedException {
        web.restartAlways = true;
        clock.in(Duration.ofMillis(2050), () -> engine.exit(web, 1)); // up again before the next look

        assertThat(prove()).isEqualTo(new Proof.Fails("web ended after the change and was started again"));
    }

    @Test
    void one_that_waits_for_its_restart_is_not_running() throws InterruptedException {
        web.restartAlways = true;
        clock.in(Duration.ofMillis(1950), () -> engine.exit(web, 1));

        assertThat(prove()).isEqualTo(new Proof.Fails("web exited with 1 after the change"));
    }

    @Test
    void a_health_check_decides_as_soon_as_it_says_something() throws InterruptedException {
        var health = new AtomicReference<>(Health.STARTING);
        web.health = _ -> health.get();
        clock.in(Duration.ofSeconds(20), () -> health.set(Health.HEALTHY));

        assertThat(prove()).isEqualTo(new Proof.Holds());
        assertThat(took()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void one_that_becomes_unhealthy_fails_at_once() throws InterruptedException {
        var health = new AtomicReference<>(Health.HEALTHY);
        web.health = _ -> health.get();
        clock.in(Duration.ofSeconds(1), () -> health.set(Health.UNHEALTHY));

        assertThat(prove()).isEqualTo(new Proof.Fails("web is unhealthy"));
        assertThat(took()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void one_that_was_unhealthy_before_may_be_cured() throws InterruptedException {
        var health = new AtomicReference<>(Health.UNHEALTHY);
        web.health = _ -> health.get();
        clock.in(Duration.ofSeconds(20), () -> health.set(Health.HEALTHY));

        assertThat(prove()).isEqualTo(new Proof.Holds());
        assertThat(took()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void one_that_was_unhealthy_before_and_stays_so_fails_when_the_time_is_up() throws InterruptedException {
        web.health = _ -> Health.UNHEALTHY;

        assertThat(prove()).isEqualTo(new Proof.Fails("web is unhealthy"));
        assertThat(took()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void never_healthy_fails_when_the_time_is_up() throws InterruptedException {
        web.health = _ -> Health.STARTING;

        assertThat(prove()).isEqualTo(new Proof.Fails("web is not healthy after 60 s"));
        assertThat(took()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void one_that_is_removed_is_gone() throws InterruptedException {
        clock.in(Duration.ofSeconds(1), () -> engine.remove(web));

        assertThat(prove()).isEqualTo(new Proof.Gone());
    }

    @Test
    void an_engine_that_is_away_says_nothing_about_the_application() throws InterruptedException {
        clock.in(Duration.ofSeconds(1), () -> engine.away = true);
        clock.in(Duration.ofSeconds(40), () -> engine.away = false);

        assertThat(prove()).isEqualTo(new Proof.Holds());
    }

    @Test
    void a_run_that_began_while_the_engine_was_away_has_to_settle_itself() throws InterruptedException {
        clock.in(Duration.ofSeconds(1), () -> {
            engine.away = true;
            engine.stop(web);
        });
        clock.in(Duration.ofSeconds(40), () -> {
            engine.run(web);
            engine.away = false;
        });

        assertThat(prove()).isEqualTo(new Proof.Holds());
        assertThat(took()).isGreaterThanOrEqualTo(Duration.ofSeconds(45));
    }

    @Test
    void an_engine_that_stays_away_is_not_waited_for_for_ever() throws InterruptedException {
        engine.fault((call, moment) -> {
            if (call > 2 && moment == Moment.BEFORE) {
                throw new EngineException(
                        EngineException.Kind.UNAVAILABLE, "no answer in time", new IllegalStateException());
            }
        });

        assertThat(prove()).isEqualTo(new Proof.Fails("the engine didn't say how the container is: no answer in time"));
    }
}
