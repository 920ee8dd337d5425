package io.dso.agent.reconcile;

import static io.dso.agent.reconcile.World.PASSWORD;
import static io.dso.agent.reconcile.World.POISON;
import static io.dso.agent.reconcile.World.sees;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.engine.EngineEvent;
import io.dso.agent.engine.EngineException;
import io.dso.agent.engine.FakeEngine.Moment;
import io.dso.agent.inject.ProcessWithMount;
import io.dso.agent.secret.Refusal.Kind;
import io.dso.agent.watch.EventQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ObserverTest {
    private final World world = new World(Strategy.SIGNAL);

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void a_pass_over_containers_that_are_well_is_one_list_call() {
        world.running("web");
        world.running("web2");
        world.engine.fault((_, _) -> {});

        world.agent.observer.fullPass();

        assertThat(world.engine.calls()).isEqualTo(1);
        assertThat(world.agent.journal.mounts().all()).hasSize(2);
    }

    @Test
    void a_container_that_starts_is_recognised_by_the_kernels_table_of_its_mounts() throws IOException {
        var web = world.running("web");
        var other = world.running("web2");
        for (var container : List.of(web, other)) {
            world.agent.journal.mounts().update(container.mount("shop"), mount -> mount.in("", ""));
        }
        var earlier = Mounted.fresh("m-earlier", "shop", "shop", new BundleVersion(1, "", Map.of()));
        world.agent.journal.mounts().put(earlier.in(web.id, "web"));
        var started = ProcessWithMount.of(web.directory());
        Assumptions.assumeTrue(started.isPresent(), "only root can mount");
        try (var process = started.orElseThrow()) {
            web.pid = process.pid();

            world.agent.observer.seen(new EngineEvent("start", web.id, world.clock.instant()));
        }

        assertThat(world.mounts(web)).extracting(Mounted::id).containsExactly(web.mount("shop"));
        assertThat(world.mounts(other)).as("not seen yet").isEmpty();
        assertThat(world.agent.hints).containsExactly("shop");
        assertThat(world.agent.journal.mounts().get("m-earlier"))
                .as("of an earlier run")
                .isEmpty();
    }

    @Test
    void a_container_that_cannot_be_looked_into_keeps_what_it_has() throws IOException {
        var web = world.running("web");
        world.engine.create("unrecognised", "shop");
        world.agent.journal.mounts().put(Mounted.fresh("m-new", "shop", "shop", new BundleVersion(1, "", Map.of())));

        world.agent.observer.seen(new EngineEvent("start", web.id, world.clock.instant())); // its process has no mount

        assertThat(sees(web)).isEqualTo("first");
        assertThat(world.mounts(web)).hasSize(1);
    }

    @Test
    void a_mount_of_a_container_that_ended_unheard_is_removed() throws IOException {
        var web = world.running("web");
        world.killAgent();
        world.engine.stop(web); // its Unmount reaches nobody
        world.startAgent();
        assertThat(world.directories()).isEqualTo(1);

        world.agent.observer.fullPass();

        assertThat(world.directories()).isZero();
        assertThat(world.agent.journal.mounts().all()).isEmpty();
    }

    @Test
    void a_container_that_starts_during_a_pass_keeps_its_files() {
        var web = world.running("web");
        world.engine.stop(web);
        world.engine.fault((call, moment) -> { // just after the list was made
            if (call == 1 && moment == Moment.AFTER) {
                world.engine.noFault();
                world.engine.run(web);
            }
        });

        world.agent.observer.fullPass();

        assertThat(sees(web)).isEqualTo("first");
        assertThat(world.mounts(web)).hasSize(1);
    }

    @Test
    void a_mount_that_a_rotation_may_go_back_to_is_kept_and_one_that_was_forgotten_is_not() throws IOException {
        var web = world.running("web");
        world.agent.journal.mounts().update(web.mount("shop"), Mounted::retired);

        world.agent.observer.fullPass();

        assertThat(world.directories()).isZero();
    }

    @Test
    void a_mount_whose_container_was_never_recognised_is_kept_while_one_runs_that_may_have_it() throws IOException {
        var web = world.running("web");
        world.agent.journal.mounts().update(web.mount("shop"), mount -> mount.in("", ""));
        world.clock.pass(Duration.ofHours(1));

        world.agent.observer.fullPass();
        assertThat(sees(web)).isEqualTo("first");

        world.killAgent();
        world.engine.stop(web);
        world.startAgent();
        world.agent.observer.fullPass();
        assertThat(world.directories()).isZero();
    }

    @Test
    void a_directory_that_a_kill_left_unknown_is_swept_after_a_while() throws IOException {
        world.ram.volumes.create("shop", "m77");

        world.agent.observer.fullPass();
        assertThat(world.directories()).isEqualTo(1);
        world.clock.pass(Duration.ofMinutes(11));
        world.agent.observer.fullPass();

        assertThat(world.directories()).isZero();
    }

    @Test
    void marks_of_a_removed_container_are_forgotten_with_it() {
        var web = world.running("web");
        world.stores.set(PASSWORD, POISON);
        world.agent.settle();
        assertThat(world.agent.journal.bad().all()).hasSize(1);
        world.engine.remove(web);

        world.agent.observer.seen(new EngineEvent("destroy", web.id, world.clock.instant()));

        assertThat(world.agent.journal.bad().all()).isEmpty();
    }

    @Test
    void marks_of_a_container_that_was_removed_unheard_are_forgotten_by_the_next_pass() {
        var web = world.running("web");
        world.stores.set(PASSWORD, POISON);
        world.agent.settle();
        world.engine.remove(web);

        world.agent.observer.fullPass();

        assertThat(world.agent.journal.bad().all()).isEmpty();
    }

    @Test
    void a_container_that_could_not_start_because_of_us_is_started_again() {
        var web = world.engine.create("web", "shop");
        web.restartAlways = true;
        world.killAgent();
        assertThatThrownBy(() -> world.engine.run(web)).isInstanceOf(EngineException.class);
        world.startAgent();

        world.agent.observer.fullPass();

        assertThat(web.running()).isTrue();
        assertThat(world.agent.happened)
                .anySatisfy(seen -> assertThat(seen.type()).isEqualTo("started-again"));
    }

    @Test
    void a_container_without_a_restart_policy_is_left_to_its_user() {
        var web = world.engine.create("web", "shop");
        world.killAgent();
        assertThatThrownBy(() -> world.engine.run(web)).isInstanceOf(EngineException.class);
        world.startAgent();

        world.agent.observer.fullPass();

        assertThat(web.running()).isFalse();
        assertThat(world.engine.orders).isEmpty();
    }

    @Test
    void starting_again_is_tried_with_growing_pauses() {
        var web = world.engine.create("web", "shop");
        web.restartAlways = true;
        world.stores.refuse(Kind.UNAVAILABLE, "provider local is unavailable");
        assertThatThrownBy(() -> world.engine.run(web)).isInstanceOf(EngineException.class);

        for (int second = 0; second < 60; second++) {
            world.agent.observer.fullPass();
            world.clock.pass(Duration.ofSeconds(1));
        }

        assertThat(world.engine.orders).hasSize(5); // after 0, 2, 6, 14, 30 seconds
        world.stores.answer();
        world.clock.pass(Duration.ofMinutes(1));
        world.agent.observer.fullPass();
        assertThat(web.running()).isTrue();
    }

    @Test
    void a_pass_in_which_nothing_changed_is_three_calls_however_many_containers_there_are() {
        for (int i = 0; i < 100; i++) {
            world.engine.create("stopped" + i, "other");
        }
        var running = List.of(world.running("web"), world.running("web2"), world.running("web3"));
        running.forEach(container -> world.agent
                .journal
                .mounts()
                .update(container.mount("shop"), mount -> mount.in("", ""))); // they run, and are not recognised
        world.agent.observer.fullPass();
        world.engine.fault((_, _) -> {});

        for (int pass = 1; pass <= 5; pass++) {
            world.agent.observer.fullPass();
            assertThat(world.engine.calls()).isLessThanOrEqualTo(3 * pass);
        }
    }

    @Test
    void a_look_that_failed_is_made_again_by_the_next_pass() {
        for (int i = 0; i < 10; i++) {
            world.engine.create("stopped" + i, "other");
        }
        world.engine.fault((call, moment) -> {
            if (call > 1 && moment == Moment.BEFORE) {
                throw new EngineException(EngineException.Kind.UNAVAILABLE, "away", new IllegalStateException());
            }
        });
        world.agent.observer.fullPass();
        world.engine.fault((_, _) -> {});

        world.agent.observer.fullPass();

        assertThat(world.engine.calls()).isEqualTo(11);
    }

    @Test
    void one_of_many_that_could_not_start_because_of_us_is_started_again_by_the_next_pass() {
        for (int i = 0; i < 20; i++) {
            world.engine.create("stopped" + i, "other");
        }
        var web = world.engine.create("web", "shop");
        web.restartAlways = true;
        world.agent.observer.fullPass();
        world.stores.refuse(Kind.UNAVAILABLE, "provider local is unavailable");
        assertThatThrownBy(() -> world.engine.run(web)).isInstanceOf(EngineException.class);
        world.stores.answer();

        world.agent.observer.refused("shop");
        world.agent.observer.fullPass();

        assertThat(web.running()).isTrue();
    }

    @Test
    void a_container_is_recognised_in_a_storm_of_other_containers_events() throws IOException {
        var web = world.running("web");
        world.agent.journal.mounts().update(web.mount("shop"), mount -> mount.in("", ""));
        var started = ProcessWithMount.of(web.directory());
        Assumptions.assumeTrue(started.isPresent(), "only root can mount");
        try (var process = started.orElseThrow();
                var queue = new EventQueue(world.agent.observer::seen, () -> {})) {
            web.pid = process.pid();
            for (int i = 0; i < 10_000; i++) {
                var action = i % 2 == 0 ? "start" : "die";
                queue.offer(new EngineEvent(action, "other" + i % 500, world.clock.instant()));
                if (i == 5_000) {
                    queue.offer(new EngineEvent("start", web.id, world.clock.instant()));
                }
            }

            World.eventually(() -> assertThat(world.mounts(web)).hasSize(1));
        }
        assertThat(world.agent.hints).containsExactly("shop");
    }
}
