package io.dso.agent.control;

import static io.dso.agent.reconcile.World.PASSWORD;
import static io.dso.agent.reconcile.World.POISON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.health.Check;
import io.dso.agent.health.Vitals;
import io.dso.agent.problem.Problem;
import io.dso.agent.problem.ProblemId;
import io.dso.agent.reconcile.World;
import io.dso.agent.record.Events;
import io.dso.agent.record.Happening;
import io.dso.agent.record.History;
import io.dso.agent.secret.Refusal.Kind;
import io.dso.control.Refusals;
import io.dso.control.v1.BundleStatus;
import io.dso.control.v1.BundleStatus.State;
import io.dso.control.v1.ControlGrpc;
import io.dso.control.v1.Event;
import io.dso.control.v1.GetHealthRequest;
import io.dso.control.v1.GetHistoryRequest;
import io.dso.control.v1.GetPlanRequest;
import io.dso.control.v1.GetStatusRequest;
import io.dso.control.v1.PauseRequest;
import io.dso.control.v1.PlanStep;
import io.dso.control.v1.PlanStep.Action;
import io.dso.control.v1.ReloadRequest;
import io.dso.control.v1.ResumeRequest;
import io.dso.control.v1.RollbackRequest;
import io.dso.control.v1.RotateRequest;
import io.dso.control.v1.RotateResponse;
import io.dso.control.v1.SyncRequest;
import io.dso.control.v1.WatchEventsRequest;
import io.dso.transport.Peer;
import io.dso.transport.UnixChannel;
import io.dso.transport.UnixServer;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControlServiceTest {
    private final World world = new World(Strategy.SIGNAL);
    private final Events events = world.agent.events;
    private final History history = open(world.ram.directory.resolve("history"));
    private final List<Problem> problems = new ArrayList<>();
    private final List<Check> checks = new ArrayList<>(List.of(new Check("sockets", true, "")));
    private final CountDownLatch streamEnded = new CountDownLatch(1);
    private final List<AutoCloseable> open = new ArrayList<>();
    private ControlGrpc.ControlBlockingStub client = ControlGrpc.newBlockingStub(new NoChannel());

    /** Stands until the server listens. */
    private static final class NoChannel extends Channel {
        @Override
        public <A, B> ClientCall<A, B> newCall(MethodDescriptor<A, B> method, CallOptions options) {
            throw new IllegalStateException("not connected");
        }

        @Override
        public String authority() {
            return "";
        }
    }

    private static History open(Path directory) {
        try {
            return History.open(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void listen() throws IOException {
        events.listen(history::note);
        var agent = world.agent;
        var service = new ControlService(
                () -> world.bundles,
                agent.orders,
                new StatusPage(world.stores, agent.reconciler, agent.courses, agent.journal, agent.board, history),
                history,
                events,
                () -> problems,
                new Vitals() {
                    @Override
                    public boolean started() {
                        return true;
                    }

                    @Override
                    public List<Check> readiness() {
                        return checks;
                    }
                },
                "1.2.3");
        var watched = new ControlGrpc.AsyncService() {
            @Override
            public void watchEvents(WatchEventsRequest request, StreamObserver<Event> reply) {
                service.watchEvents(request, reply);
                streamEnded.countDown();
            }
        };
        var definition = ControlGrpc.bindService(service);
        var socket = world.ram.directory.resolve("control.sock");
        open.add(UnixServer.start(new UnixServer.Address(socket, "rw-------", _ -> true), List.of(definition)));
        var events = world.ram.directory.resolve("events.sock");
        open.add(UnixServer.start(
                new UnixServer.Address(events, "rw-------", _ -> true), List.of(ControlGrpc.bindService(watched))));
        client = connect(socket);
    }

    private ControlGrpc.ControlBlockingStub connect(Path socket) {
        var channel = UnixChannel.to(socket);
        open.add(channel);
        return ControlGrpc.newBlockingStub(channel.grpc());
    }

    @AfterEach
    void end() throws Exception {
        for (var it : open.reversed()) {
            it.close();
        }
        world.close();
    }

    private BundleStatus shop() {
        return client.getStatus(GetStatusRequest.newBuilder().setBundle("shop").build())
                .getBundles(0);
    }

    @Test
    void a_bundle_is_idle_then_current() {
        assertThat(shop().getState()).isEqualTo(State.STATE_IDLE);
        world.running("web");

        assertThat(shop().getState()).isEqualTo(State.STATE_CURRENT);
        assertThat(shop().getVersion()).isEqualTo(1);
        assertThat(shop().getMountsList()).singleElement().satisfies(mount -> {
            assertThat(mount.getContainerName()).isEqualTo("web");
            assertThat(mount.getVersion()).isEqualTo(1);
        });
    }

    @Test
    void a_version_that_was_taken_back_is_named_until_it_is_no_longer_the_latest() {
        var web = world.running("web");
        world.stores.set(PASSWORD, POISON);
        world.agent.settle();

        assertThat(shop().getState()).isEqualTo(State.STATE_DEGRADED);
        assertThat(shop().getReason()).isEqualTo("2 marked bad: web exited with 3 after the change");
        assertThat(shop().getMounts(0).getBadVersion()).isEqualTo(2);

        world.engine.stop(web);
        world.stores.set(PASSWORD, "third");
        world.engine.run(web);

        assertThat(shop().getState()).isEqualTo(State.STATE_CURRENT);
        assertThat(shop().getMounts(0).getBadVersion()).isZero();
    }

    @Test
    void a_container_that_auto_restarted_says_why_it_was_not_replaced() {
        world.strategy(Strategy.AUTO);
        var web = world.running("web");
        web.dependents = List.of("sidecar");
        world.stores.set(PASSWORD, "second");
        assertThat(shop().getMounts(0).getWhy()).isEmpty();

        world.agent.settle();

        assertThat(shop().getMounts(0).getWhy()).isEqualTo("container sidecar is joined to it");
    }

    @Test
    void a_store_that_is_away_is_the_reason() {
        world.running("web");
        world.stores.refuse(Kind.UNAVAILABLE, "provider local is unavailable");
        world.agent.sync();

        assertThat(shop().getState()).isEqualTo(State.STATE_UNAVAILABLE);
        assertThat(shop().getReason()).isEqualTo("provider local is unavailable");
    }

    @Test
    void sync_answers_with_what_became_of_each_container() {
        world.running("web");
        world.stores.set(PASSWORD, "second");

        var rotations = client.sync(SyncRequest.getDefaultInstance()).getRotationsList();

        assertThat(rotations).singleElement().satisfies(rotation -> {
            assertThat(rotation.getContainerName()).isEqualTo("web");
            assertThat(rotation.getFromVersion()).isEqualTo(1);
            assertThat(rotation.getToVersion()).isEqualTo(2);
            assertThat(rotation.getRolledBack()).isFalse();
        });
        assertThat(client.sync(SyncRequest.getDefaultInstance()).getRotationsList())
                .isEmpty();
    }

    @Test
    void an_unknown_bundle_is_not_found() {
        assertThatThrownBy(() ->
                        client.sync(SyncRequest.newBuilder().setBundle("nope").build()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessage("NOT_FOUND: no bundle nope");
    }

    @Test
    void a_bad_configuration_is_told_mistake_by_mistake() {
        problems.add(new Problem(ProblemId.CONFIG_SYNTAX, "what", "dso.yaml:7", "fix"));

        assertThat(client.reload(ReloadRequest.getDefaultInstance()).getProblemsList())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.getId()).isEqualTo("DSO-1003");
                    assertThat(problem.getWhere()).isEqualTo("dso.yaml:7");
                });
    }

    @Test
    void events_are_armed_then_told_and_the_stream_ends_when_its_listener_goes() throws InterruptedException {
        var stub = connect(world.ram.directory.resolve("events.sock"));
        try (var listening = Context.current().withCancellation()) {
            var seen = listening.wrap(() -> stub.watchEvents(WatchEventsRequest.getDefaultInstance()));
            Iterator<Event> stream = call(seen);
            assertThat(stream.next().getType()).isEqualTo("armed");

            events.tell("rotated", "bundle", "shop", "from", "v1", "to", "v2", "why", "");

            assertThat(stream.next()).satisfies(event -> {
                assertThat(event.getType()).isEqualTo("rotated");
                assertThat(event.getAttributesMap())
                        .containsEntry("bundle", "shop")
                        .doesNotContainKey("why");
            });
        }

        assertThat(streamEnded.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private RotateResponse rotate(long to, String strategy) {
        return client.rotate(RotateRequest.newBuilder()
                .setBundle("shop")
                .setToVersion(to)
                .setStrategy(strategy)
                .build());
    }

    private List<PlanStep> plan() {
        return client.getPlan(GetPlanRequest.getDefaultInstance()).getStepsList();
    }

    private RotateResponse rollback() {
        return client.rollback(RollbackRequest.newBuilder().setBundle("shop").build());
    }

    private static void refused(Runnable call, String id, Status.Code code, String what) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(code);
            var problem = Refusals.problem(e).orElseThrow();
            assertThat(problem.getId()).isEqualTo(id);
            assertThat(problem.getWhat()).isEqualTo(what);
            assertThat(problem.getWhere()).isNotEmpty();
            assertThat(problem.getFix()).isNotEmpty();
        });
    }

    @Test
    void a_rollback_is_shown_as_one_and_what_was_ordered_is_told_with_who_and_outcome() {
        world.running("web");
        world.stores.set(PASSWORD, "second");
        world.agent.settle();

        var back = rollback();

        assertThat(back.getVersion()).isEqualTo(1);
        assertThat(back.getRotationsList()).singleElement().satisfies(rotation -> {
            assertThat(rotation.getFromVersion()).isEqualTo(2);
            assertThat(rotation.getToVersion()).isEqualTo(1);
        });
        var by = "uid " + Peer.self().uid();
        assertThat(shop().getState()).isEqualTo(State.STATE_HELD);
        assertThat(shop().getReason()).isEqualTo("1 instead of 2, ordered by " + by);
        assertThat(shop().getHold().getVersion()).isEqualTo(1);
        assertThat(shop().getHold().getInsteadOf()).isEqualTo(2);
        assertThat(world.agent.happened)
                .last()
                .hasToString("ordered verb=rollback bundle=shop by='%s' to=v1 outcome='1 rotated'".formatted(by));

        rotate(0, "");

        assertThat(shop().getState()).isEqualTo(State.STATE_CURRENT);
        assertThat(shop().hasHold()).isFalse();
    }

    @Test
    void it_is_ready_when_each_of_its_checks_is_well_and_else_says_why() {
        assertThat(client.getHealth(GetHealthRequest.getDefaultInstance()).getReady())
                .isTrue();

        checks.add(new Check("engine", false, "it can't be reached"));

        var health = client.getHealth(GetHealthRequest.getDefaultInstance());
        assertThat(health.getLive()).isTrue();
        assertThat(health.getReady()).isFalse();
        assertThat(health.getChecks(1).getReason()).isEqualTo("it can't be reached");
    }

    @Test
    void orders_that_make_no_sense_say_what_where_and_what_to_do() {
        refused(this::rollback, "DSO-5001", Status.Code.NOT_FOUND, "bundle shop was never read");
        world.running("web");

        refused(this::rollback, "DSO-5001", Status.Code.NOT_FOUND, "bundle shop has no version before 1");
        refused(() -> rotate(7, ""), "DSO-5001", Status.Code.NOT_FOUND, "bundle shop has no version 7");
        world.policy(policy -> new ReloadPolicy(
                policy.strategy(),
                policy.signal(),
                ReloadPolicy.Hook.NONE,
                policy.settle(),
                policy.healthTimeout(),
                policy.batch()));
        refused(() -> rotate(0, "exec"), "DSO-5003", Status.Code.INVALID_ARGUMENT, "bundle shop has no command to run");
        refused(() -> rotate(0, "blink"), "DSO-5003", Status.Code.INVALID_ARGUMENT, "there is no strategy 'blink'");
        assertThat(world.agent.happened).last().satisfies(told -> {
            assertThat(told.type()).isEqualTo("order-refused");
            assertThat(told.attributes())
                    .containsEntry("verb", "rotate")
                    .containsEntry("why", "there is no strategy 'blink'");
        });
    }

    @Test
    void a_pause_is_shown_with_who_and_since_when() {
        world.running("web");
        client.pause(PauseRequest.getDefaultInstance());
        world.stores.set(PASSWORD, "second");

        assertThat(client.sync(SyncRequest.getDefaultInstance()).getRotationsList())
                .isEmpty();
        assertThat(shop().getPaused().getAll()).isTrue();
        assertThat(shop().getPaused().getBy()).isEqualTo("uid " + Peer.self().uid());
        assertThat(shop().getPaused().getSince().getSeconds())
                .isEqualTo(world.clock.instant().getEpochSecond());
        refused(
                () -> client.resume(ResumeRequest.newBuilder().setBundle("shop").build()),
                "DSO-5004",
                Status.Code.FAILED_PRECONDITION,
                "every bundle is paused, shop among them");

        client.resume(ResumeRequest.getDefaultInstance());

        assertThat(shop().hasPaused()).isFalse();
    }

    @Test
    void a_plan_says_what_would_be_done_to_whom_and_why_and_does_nothing() {
        var web = world.running("web");
        assertThat(plan()).isEmpty();
        world.stores.set(PASSWORD, "second");
        int read = world.stores.fetched.size();

        assertThat(plan()).singleElement().satisfies(step -> {
            assertThat(step.getContainerName()).isEqualTo("web");
            assertThat(step.getFromVersion()).isEqualTo(1);
            assertThat(step.getToVersion()).isEqualTo(2);
            assertThat(step.getAction()).isEqualTo(Action.ACTION_ROTATE);
            assertThat(step.getStrategy()).isEqualTo("signal");
            assertThat(step.getReason()).isEqualTo("changed: local:shop/db#password");
        });
        client.pause(PauseRequest.newBuilder().setBundle("shop").build());
        assertThat(plan()).singleElement().satisfies(step -> {
            assertThat(step.getAction()).isEqualTo(Action.ACTION_STAY);
            assertThat(step.getReason()).startsWith("paused by uid ");
        });
        assertThat(world.stores.fetched).as("values read").hasSize(read);
        assertThat(World.sees(web)).isEqualTo("first");
        assertThat(shop().getVersion()).as("not even noted").isEqualTo(1);
    }

    @Test
    void a_dry_run_of_an_order_says_what_it_would_do() {
        world.running("web");
        world.stores.set(PASSWORD, "second");
        world.agent.settle();

        var dry = client.rotate(RotateRequest.newBuilder()
                .setBundle("shop")
                .setToVersion(1)
                .setStrategy("restart")
                .setDryRun(true)
                .build());

        assertThat(dry.getVersion()).isEqualTo(1);
        assertThat(dry.getRotationsList()).isEmpty();
        assertThat(dry.getStepsList()).singleElement().satisfies(step -> {
            assertThat(step.getToVersion()).isEqualTo(1);
            assertThat(step.getStrategy()).isEqualTo("restart");
            assertThat(step.getReason()).startsWith("ordered by uid ");
        });
        assertThat(shop().getState()).isEqualTo(State.STATE_CURRENT);
        assertThat(world.agent.happened).extracting(Happening::type).doesNotContain("ordered");
    }

    @Test
    void the_history_has_rotations_and_orders_newest_first() {
        world.running("web");
        world.stores.set(PASSWORD, "second");
        world.agent.settle();
        world.clock.pass(Duration.ofSeconds(1));
        rollback();

        var request = GetHistoryRequest.newBuilder().setBundle("shop");

        assertThat(client.getHistory(request.build()).getEntriesList())
                .extracting(Event::getType)
                .containsExactly("ordered", "rotated", "rotated");
        assertThat(client.getHistory(request.setLimit(2).build()).getEntriesList())
                .hasSize(2);
    }

    private static <T> T call(Callable<T> callable) {
        try {
            return callable.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
