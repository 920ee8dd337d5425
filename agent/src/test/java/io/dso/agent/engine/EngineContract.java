package io.dso.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.agent.bundle.Workload;
import io.dso.agent.engine.EngineException.Kind;
import io.dso.agent.reconcile.World;
import io.dso.agent.time.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What we rely on at an engine: the real one has it, and so the fake must have it. */
abstract class EngineContract {
    private static final String UNKNOWN = "0123456789ab".repeat(5) + "cdef";

    abstract Engine engine();

    abstract Instant now();

    /** A container that was made but not started, with label {@code a=b}; runs until it is stopped. Its ID. */
    abstract String idle(String name);

    /** One that exits with 7 as soon as it is started, and is then started again and again if {@code restart} is always. */
    abstract String crashing(String name, String restart);

    abstract void stop(String id);

    abstract void remove(String id);

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20), InstantSource.system());
    }

    private Inspection inspect(String id) {
        return engine().inspect(id, soon());
    }

    private Workload listed(String id) {
        return engine().containers(soon()).stream()
                .filter(container -> container.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static void refused(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void a_container_is_listed_before_it_runs_and_while_it_does() {
        var id = idle("web");
        assertThat(listed(id)).satisfies(web -> {
            assertThat(web.name()).isEqualTo("web");
            assertThat(web.labels()).containsEntry("a", "b");
            assertThat(web.imageId()).startsWith("sha256:");
            assertThat(web.running()).isFalse();
            assertThat(web.volumes()).isEmpty();
        });

        engine().start(id, soon());

        assertThat(listed(id).running()).isTrue();
    }

    @Test
    void a_run_has_a_process_and_a_time_of_its_own() {
        var id = idle("web");
        engine().start(id, soon());
        var first = inspect(id);
        assertThat(first.running()).isTrue();
        assertThat(first.pid()).isPositive();
        assertThat(first.name()).isEqualTo("web");
        assertThat(first.health()).isEqualTo(Inspection.Health.NONE);
        assertThat(first.restarts()).isFalse();
        assertThat(inspect(id).startedAt()).isEqualTo(first.startedAt());

        engine().restart(id, soon());

        assertThat(inspect(id).running()).isTrue();
        assertThat(inspect(id).startedAt()).isNotEqualTo(first.startedAt());
    }

    @Test
    void starting_one_that_runs_is_no_failure() {
        var id = idle("web");
        engine().start(id, soon());
        var run = inspect(id).startedAt();

        engine().start(id, soon());

        assertThat(inspect(id).startedAt()).isEqualTo(run);
    }

    @Test
    void restarting_one_that_is_stopped_starts_it() {
        var id = idle("web");
        engine().start(id, soon());
        stop(id);
        assertThat(inspect(id).running()).isFalse();

        engine().restart(id, soon());

        assertThat(inspect(id).running()).isTrue();
    }

    @Test
    void one_that_exits_leaves_its_code() {
        var id = crashing("web", "no");
        engine().start(id, soon());

        World.eventually(() -> assertThat(inspect(id).running()).isFalse());
        assertThat(inspect(id).exitCode()).isEqualTo(7);
        assertThat(inspect(id).error()).isEmpty();
    }

    @Test
    void one_that_waits_for_its_restart_is_not_running_and_may_be_started() {
        var id = crashing("web", "always");
        engine().start(id, soon());

        World.eventually(() -> {
            var seen = inspect(id);
            assertThat(seen.running()).isFalse();
            assertThat(seen.restarts()).isTrue();
            assertThat(seen.exitCode()).isEqualTo(7);
            assertThat(listed(id).running()).isFalse();
        });
        engine().start(id, soon());
    }

    @Test
    void what_is_not_there_is_not_found() {
        refused(Kind.NOT_FOUND, () -> engine().inspect(UNKNOWN, soon()));
        refused(Kind.NOT_FOUND, () -> engine().signal(UNKNOWN, "SIGHUP", soon()));
        refused(Kind.NOT_FOUND, () -> engine().restart(UNKNOWN, soon()));
        refused(Kind.NOT_FOUND, () -> engine().start(UNKNOWN, soon()));
        assertThat(engine().containersUsing("nobodys-volume", soon())).isEmpty();
    }

    @Test
    void a_signal_to_one_that_is_stopped_is_refused() {
        var id = idle("web");

        refused(Kind.REFUSED, () -> engine().signal(id, "SIGHUP", soon()));
    }

    @Test
    void a_command_in_a_container_tells_its_end() {
        var id = idle("web");
        engine().start(id, soon());
        var good = engine().exec(id, List.of("true"), soon());
        var bad = engine().exec(id, List.of("false"), soon());
        var missing = engine().exec(id, List.of("no-such-program"), soon());
        var slow = engine().exec(id, List.of("sleep", "1000"), soon());

        World.eventually(() -> assertThat(engine().exitCode(good, soon())).isEqualTo(OptionalLong.of(0)));
        World.eventually(() -> assertThat(engine().exitCode(bad, soon())).isEqualTo(OptionalLong.of(1)));
        World.eventually(
                () -> assertThat(engine().exitCode(missing, soon()).orElse(0)).isBetween(126L, 127L));
        assertThat(engine().exitCode(slow, soon())).isEmpty();
    }

    @Test
    void a_command_in_one_that_is_stopped_is_refused() {
        var id = idle("web");

        refused(Kind.REFUSED, () -> engine().exec(id, List.of("true"), soon()));
    }

    @Test
    void it_is_known_whether_somebody_wanted_a_container_to_end() {
        var crashed = crashing("crashed", "no");
        var stopped = idle("stopped");
        var begin = now();
        engine().start(crashed, soon());
        engine().start(stopped, soon());
        World.eventually(() -> assertThat(inspect(crashed).running()).isFalse());
        assertThat(engine().stopAsked(crashed, begin, soon())).isFalse();
        assertThat(engine().stopAsked(stopped, begin, soon())).isFalse();

        stop(stopped);

        assertThat(engine().stopAsked(stopped, begin, soon())).isTrue();
        assertThat(engine().stopAsked(crashed, begin, soon())).isFalse();
    }

    @Test
    void what_happens_to_containers_is_told_in_order() throws InterruptedException {
        List<String> told = new CopyOnWriteArrayList<>();
        var ended = new CountDownLatch(1);
        var id = idle("web");
        try (var _ =
                engine().events(now(), event -> told.add(event.action() + " " + event.container()), ended::countDown)) {
            engine().start(id, soon());
            stop(id);
            remove(id);

            World.eventually(() -> assertThat(told).containsExactly("start " + id, "die " + id, "destroy " + id));
        }
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    }
}
