package io.dso.agent.control;

import static io.dso.agent.reconcile.World.PASSWORD;
import static io.dso.agent.reconcile.World.POISON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.problem.Problem;
import io.dso.agent.problem.ProblemId;
import io.dso.agent.reconcile.World;
import io.dso.agent.record.Events;
import io.dso.agent.secret.Refusal.Kind;
import io.dso.control.v1.BundleStatus;
import io.dso.control.v1.BundleStatus.State;
import io.dso.control.v1.ControlGrpc;
import io.dso.control.v1.Event;
import io.dso.control.v1.GetHealthResponse;
import io.dso.control.v1.GetStatusRequest;
import io.dso.control.v1.ReloadRequest;
import io.dso.control.v1.SyncRequest;
import io.dso.control.v1.WatchEventsRequest;
import io.dso.transport.UnixChannel;
import io.dso.transport.UnixServer;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
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
    private final Events events = new Events(world.clock);
    private final List<Problem> problems = new ArrayList<>();
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

    @BeforeEach
    void listen() throws IOException {
        var agent = world.agent;
        var service = new ControlService(
                () -> world.bundles,
                world.stores,
                agent.reconciler,
                agent.journal,
                agent.board,
                agent.stores,
                events,
                () -> problems,
                () -> GetHealthResponse.newBuilder().setLive(true).build(),
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

    private static <T> T call(Callable<T> callable) {
        try {
            return callable.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
