package io.dso.agent.reconcile;

import static io.dso.agent.reconcile.World.PASSWORD;
import static io.dso.agent.reconcile.World.POISON;
import static io.dso.agent.reconcile.World.sees;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.engine.EngineException;
import io.dso.agent.engine.FakeContainer;
import io.dso.agent.engine.FakeEngine.Moment;
import io.dso.agent.engine.Inspection.Health;
import io.dso.agent.engine.Killed;
import io.dso.agent.rotate.Rotation.Done;
import io.dso.agent.rotate.Rotation.Gone;
import io.dso.agent.rotate.Rotation.Postponed;
import io.dso.agent.rotate.Rotation.RolledBack;
import io.dso.agent.secret.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrategiesTest {
    private final World world = new World(Strategy.NONE);

    @AfterEach
    void end() {
        world.close();
    }

    private FakeContainer web(Strategy strategy) {
        world.strategy(strategy);
        return world.running("web");
    }

    @Test
    void none_switches_the_files_and_leaves_the_container_alone() {
        var web = web(Strategy.NONE);
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle()).singleElement().isInstanceOf(Done.class);

        assertThat(sees(web)).isEqualTo("second");
        assertThat(world.engine.orders).isEmpty();
        assertThat(world.has(web).number()).isEqualTo(2);
    }

    @Test
    void none_takes_effect_while_the_engine_is_away() {
        var web = web(Strategy.NONE);
        world.stores.set(PASSWORD, "second");
        world.engine.away = true;

        world.agent.settle();

        assertThat(sees(web)).isEqualTo("second");
    }

    @Test
    void signal_comes_when_the_file_is_new() {
        var web = web(Strategy.SIGNAL);
        var seen = new ArrayList<String>();
        web.app = directory -> {
            seen.add(sees(directory));
            return OptionalInt.empty();
        };
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle()).singleElement().isInstanceOf(Done.class);

        assertThat(seen).containsExactly("second");
        assertThat(world.engine.orders).containsExactly("SIGHUP web");
        assertThat(web.starts).isEqualTo(1);
    }

    @Test
    void a_version_that_makes_a_signalled_application_exit_is_taken_back_and_tried_once() {
        var web = web(Strategy.SIGNAL);
        world.stores.set(PASSWORD, POISON);

        var ends = world.agent.settle();

        assertThat(ends)
                .singleElement()
                .isInstanceOfSatisfying(
                        RolledBack.class, end -> assertThat(end.why()).isEqualTo("web exited with 3 after the change"));
        assertThat(web.running()).isTrue();
        assertThat(sees(web)).isEqualTo("first");
        assertThat(world.agent.journal.badOf("shop")).singleElement().satisfies(mark -> {
            assertThat(mark.bad().number()).isEqualTo(2);
            assertThat(mark.good().number()).isEqualTo(1);
        });
        assertThat(world.agent.settle()).as("not tried again").isEmpty();
        assertThat(world.engine.orders).containsExactly("SIGHUP web", "start web");
    }

    @Test
    void the_version_after_a_bad_one_is_tried_and_clears_the_mark() {
        var web = web(Strategy.SIGNAL);
        world.stores.set(PASSWORD, POISON);
        world.agent.settle();
        world.stores.set(PASSWORD, "third");

        assertThat(world.agent.settle()).singleElement().isInstanceOf(Done.class);

        assertThat(sees(web)).isEqualTo("third");
        assertThat(world.agent.journal.bad().all()).isEmpty();
    }

    @Test
    void a_crash_at_a_signal_that_the_engine_mends_by_itself_ends_on_the_old_version_too() {
        var web = web(Strategy.SIGNAL);
        web.restartAlways = true;
        world.stores.set(PASSWORD, POISON);

        assertThat(world.agent.settle()).first().isInstanceOf(RolledBack.class);

        world.clock.pass(Duration.ofSeconds(1));
        world.agent.settle();
        assertThat(web.running()).isTrue();
        assertThat(sees(web)).isEqualTo("first");
        assertThat(world.agent.settle()).isEmpty();
    }

    @Test
    void exec_runs_when_the_file_is_new() {
        var web = web(Strategy.EXEC);
        var seen = new ArrayList<String>();
        web.hook = (_, directory) -> {
            seen.add(sees(directory));
            return OptionalLong.of(0);
        };
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle()).singleElement().isInstanceOf(Done.class);

        assertThat(seen).containsExactly("second");
        assertThat(world.engine.orders).containsExactly("/reload it in web");
        assertThat(web.starts).isEqualTo(1);
    }

    @Test
    void a_version_that_the_command_refuses_is_taken_back_and_the_command_runs_again() {
        var web = web(Strategy.EXEC);
        web.hook = (_, directory) -> OptionalLong.of(sees(directory).equals("second") ? 4 : 0);
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle())
                .singleElement()
                .isInstanceOfSatisfying(
                        RolledBack.class,
                        end -> assertThat(end.why()).isEqualTo("reload command /reload of web ended with 4"));

        assertThat(sees(web)).isEqualTo("first");
        assertThat(world.engine.orders).containsExactly("/reload it in web", "/reload it in web");
        assertThat(web.starts).isEqualTo(1);
        assertThat(world.agent.settle()).as("not tried again").isEmpty();
    }

    @Test
    void a_command_that_does_not_end_in_time_counts_as_refusal() {
        var web = web(Strategy.EXEC);
        web.hook = (_, directory) -> sees(directory).equals("second") ? OptionalLong.empty() : OptionalLong.of(0);
        world.stores.set(PASSWORD, "second");
        var begin = world.clock.instant();

        assertThat(world.agent.settle())
                .singleElement()
                .isInstanceOfSatisfying(
                        RolledBack.class,
                        end -> assertThat(end.why())
                                .isEqualTo("reload command /reload of web did not end within 10 s"));

        assertThat(sees(web)).isEqualTo("first");
        assertThat(Duration.between(begin, world.clock.instant()))
                .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
    }

    @Test
    void a_command_that_fails_on_the_old_version_too_is_told() {
        var web = web(Strategy.EXEC);
        web.hook = (_, directory) -> OptionalLong.of(sees(directory).equals("second") ? 4 : 5);
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle())
                .singleElement()
                .isInstanceOfSatisfying(
                        RolledBack.class,
                        end -> assertThat(end.why())
                                .isEqualTo("reload command /reload of web ended with 4;"
                                        + " and then: reload command /reload of web ended with 5"));
        assertThat(sees(web)).isEqualTo("first");
    }

    @Test
    void an_application_that_dies_of_the_command_runs_again_with_the_old_version() {
        var web = web(Strategy.EXEC);
        world.stores.set(PASSWORD, POISON);

        assertThat(world.agent.settle())
                .singleElement()
                .isInstanceOfSatisfying(
                        RolledBack.class, end -> assertThat(end.why()).isEqualTo("web exited with 3 after the change"));

        assertThat(web.running()).isTrue();
        assertThat(sees(web)).isEqualTo("first");
    }

    @Test
    void a_stop_by_the_user_while_the_agent_is_dead_is_not_blamed_on_the_change() {
        var web = web(Strategy.SIGNAL);
        world.stores.set(PASSWORD, "second");
        world.clock.in(
                Duration.ofSeconds(2),
                () -> { // told, and settling
                    throw new Killed("while it settles");
                });
        world.agent.stores.look(world.agent.reconciler.refsInUse());
        var rotation = world.agent.reconciler.pass("shop").getFirst();
        assertThatThrownBy(() -> rotation.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(Killed.class);
        world.killAgent();
        world.clock.pass(Duration.ofSeconds(1));
        world.engine.stop(web);
        world.clock.pass(Duration.ofSeconds(60));

        world.startAgent();
        world.agent.reconciler.resume();
        world.agent.settle();

        assertThat(world.agent.journal.bad().all()).isEmpty();
        assertThat(web.running()).isFalse();
        assertThat(world.engine.orders).containsExactly("SIGHUP web");
    }

    @Test
    void restart_keeps_the_container_and_gives_it_the_new_version() {
        var web = web(Strategy.RESTART);
        var id = web.id;
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle()).singleElement().isInstanceOf(Done.class);

        assertThat(web.id).isEqualTo(id);
        assertThat(web.starts).isEqualTo(2);
        assertThat(sees(web)).isEqualTo("second");
        assertThat(world.engine.orders).containsExactly("restart web");
        World.eventually(() -> assertThat(world.directories()).isEqualTo(1));
    }

    @Test
    void a_version_that_the_restarted_application_does_not_stand_is_taken_back() {
        var web = web(Strategy.RESTART);
        world.stores.set(PASSWORD, POISON);

        assertThat(world.agent.settle()).singleElement().isInstanceOf(RolledBack.class);

        assertThat(web.running()).isTrue();
        assertThat(sees(web)).isEqualTo("first");
        assertThat(world.engine.orders).containsExactly("restart web", "restart web");
        assertThat(world.agent.settle()).as("not tried again").isEmpty();
        World.eventually(() -> assertThat(world.directories()).isEqualTo(1));
    }

    @Test
    void a_container_that_stays_unhealthy_is_taken_back_after_its_health_timeout() {
        var web = web(Strategy.RESTART);
        web.health = directory -> sees(directory).equals("second") ? Health.STARTING : Health.HEALTHY;
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle())
                .singleElement()
                .isInstanceOfSatisfying(
                        RolledBack.class, end -> assertThat(end.why()).isEqualTo("web is not healthy after 60 s"));

        assertThat(sees(web)).isEqualTo("first");
    }

    @Test
    void a_restart_needs_no_store_once_the_files_are_switched() {
        var web = web(Strategy.RESTART);
        world.stores.set(PASSWORD, "second");
        world.engine.fault((_, moment) -> { // the store goes away with the restart under way
            if (moment == Moment.BEFORE && world.stores.fetched.size() == 2) {
                world.stores.refuse(Refusal.Kind.UNAVAILABLE, "provider local is unavailable");
            }
        });

        assertThat(world.agent.settle()).singleElement().isInstanceOf(Done.class);

        assertThat(sees(web)).isEqualTo("second");
    }

    @Test
    void a_version_that_comes_during_a_restart_is_not_the_one_that_is_judged() {
        var web = web(Strategy.RESTART);
        world.stores.set(PASSWORD, "second");
        world.engine.fault((_, moment) -> {
            if (moment == Moment.BEFORE && world.stores.fetched.size() == 2) {
                world.stores.set(PASSWORD, POISON);
                world.engine.noFault();
            }
        });

        var ends = world.agent.settle();

        assertThat(ends.get(0)).isInstanceOf(Done.class);
        assertThat(ends.get(1)).isInstanceOf(RolledBack.class);
        assertThat(sees(web)).isEqualTo("second");
    }

    @Test
    void a_store_that_forgets_old_versions_does_not_keep_a_container_from_going_back() {
        var web = web(Strategy.RESTART);
        world.stores.set(PASSWORD, POISON);
        world.stores.forgetOld(PASSWORD);

        assertThat(world.agent.settle()).singleElement().isInstanceOf(RolledBack.class);

        assertThat(sees(web)).isEqualTo("first");
    }

    @Test
    void a_container_removed_meanwhile_ends_its_rotation() throws IOException {
        var web = web(Strategy.SIGNAL);
        world.stores.set(PASSWORD, "second");
        world.engine.fault((call, moment) -> {
            if (call == 2 && moment == Moment.BEFORE) {
                world.engine.remove(web);
            }
        });

        assertThat(world.agent.sync()).singleElement().isInstanceOf(Gone.class);

        assertThat(world.agent.underWay.all()).isEmpty();
        assertThat(world.agent.journal.mounts().all()).isEmpty();
        assertThat(world.directories()).isZero();
    }

    @Test
    void a_container_that_its_user_stops_before_the_restart_stays_stopped() {
        var web = web(Strategy.RESTART);
        world.stores.set(PASSWORD, "second");
        world.engine.fault((call, moment) -> {
            if (call == 2 && moment == Moment.BEFORE) { // between the switch and the restart
                world.engine.stop(web);
            }
        });

        assertThat(world.agent.sync()).singleElement().isInstanceOf(Gone.class);

        assertThat(web.running()).isFalse();
        assertThat(world.engine.orders).isEmpty();
        assertThat(world.agent.journal.bad().all()).isEmpty();
    }

    @Test
    void a_container_that_its_user_stops_while_it_settles_stays_stopped_and_its_version_good() {
        var web = web(Strategy.SIGNAL);
        world.stores.set(PASSWORD, "second");
        world.clock.in(Duration.ofSeconds(2), () -> world.engine.stop(web));

        assertThat(world.agent.sync()).singleElement().isInstanceOf(Gone.class);

        assertThat(web.running()).isFalse();
        assertThat(world.agent.journal.bad().all()).isEmpty();
        world.engine.run(web);
        assertThat(sees(web)).isEqualTo("second");
    }

    @Test
    void an_engine_that_is_away_for_a_while_delays_a_rotation_and_no_more() {
        var web = web(Strategy.RESTART);
        world.stores.set(PASSWORD, "second");
        world.engine.fault((call, moment) -> {
            if (call >= 2 && call < 30 && moment == Moment.BEFORE) {
                throw new EngineException(
                        EngineException.Kind.UNAVAILABLE, "no such file or directory", new IOException());
            }
        });

        assertThat(world.agent.settle()).singleElement().isInstanceOf(Done.class);

        assertThat(sees(web)).isEqualTo("second");
        assertThat(web.starts).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"SIGNAL, BEFORE", "SIGNAL, AFTER", "EXEC, BEFORE", "EXEC, AFTER", "RESTART, BEFORE", "RESTART, AFTER"})
    void an_engine_that_fails_a_call_says_nothing_of_the_version(Strategy strategy, Moment when) {
        boolean failed = true;
        for (int failing = 1; failed; failing++) {
            failed = isTakenThoughTheEngineFails(strategy, failing, when);
            assertThat(failed || failing > 3).as("calls that failed").isTrue();
        }
    }

    /** False if there are no so many calls. */
    private static boolean isTakenThoughTheEngineFails(Strategy strategy, int failing, Moment when) {
        try (var world = new World(strategy)) {
            var web = world.running("web");
            world.stores.set(PASSWORD, "second");
            var failed = new AtomicBoolean();
            world.engine.fault((call, moment) -> {
                if (call == failing && moment == when) {
                    world.engine.noFault();
                    failed.set(true);
                    throw new EngineException(EngineException.Kind.REFUSED, "status 500", new IOException());
                }
            });

            world.agent.settle();

            assertThat(sees(web)).as("after call %d failed", failing).isEqualTo("second");
            assertThat(web.running()).isTrue();
            assertThat(world.agent.journal.bad().all()).isEmpty();
            return failed.get();
        }
    }

    @Test
    void a_store_that_is_away_postpones_and_changes_nothing() {
        var web = web(Strategy.SIGNAL);
        world.stores.set(PASSWORD, "second");
        world.agent.stores.look(world.agent.reconciler.refsInUse());
        world.stores.refuse(Refusal.Kind.UNAVAILABLE, "provider local is unavailable");

        assertThat(world.agent.sync())
                .singleElement()
                .isInstanceOfSatisfying(
                        Postponed.class, end -> assertThat(end.why()).isEqualTo("provider local is unavailable"));

        assertThat(sees(web)).isEqualTo("first");
        assertThat(world.engine.orders).isEmpty();
        world.stores.answer();
        assertThat(world.agent.settle()).singleElement().isInstanceOf(Done.class);
    }

    @Test
    void nothing_changed_means_nothing_is_fetched_ordered_or_told() {
        web(Strategy.RESTART);
        int fetched = world.stores.fetched.size();
        int told = world.agent.happened.size();
        world.killAgent();
        world.startAgent();

        world.agent.reconciler.resume();
        world.agent.observer.fullPass();
        assertThat(world.agent.settle()).isEmpty();

        assertThat(world.stores.fetched).hasSize(fetched);
        assertThat(world.engine.orders).isEmpty();
        assertThat(told).isZero();
        assertThat(world.agent.happened).isEmpty();
    }

    @Test
    void every_value_that_was_fetched_is_wiped() {
        web(Strategy.RESTART);
        world.stores.set(PASSWORD, POISON);

        world.agent.settle();

        assertThat(world.stores.handedOut)
                .hasSize(2)
                .allSatisfy(value ->
                        assertThatThrownBy(() -> value.use(bytes -> bytes)).isInstanceOf(IllegalStateException.class));
    }
}
