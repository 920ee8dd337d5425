package io.dso.cli;

import com.google.protobuf.Timestamp;
import io.dso.control.v1.BundleStatus;
import io.dso.control.v1.ControlGrpc;
import io.dso.control.v1.Event;
import io.dso.control.v1.GetHealthRequest;
import io.dso.control.v1.GetHealthResponse;
import io.dso.control.v1.GetStatusRequest;
import io.dso.control.v1.GetStatusResponse;
import io.dso.control.v1.GetVersionRequest;
import io.dso.control.v1.GetVersionResponse;
import io.dso.control.v1.MountStatus;
import io.dso.control.v1.Problem;
import io.dso.control.v1.ProviderStatus;
import io.dso.control.v1.ReloadRequest;
import io.dso.control.v1.ReloadResponse;
import io.dso.control.v1.RotationResult;
import io.dso.control.v1.SyncRequest;
import io.dso.control.v1.SyncResponse;
import io.dso.control.v1.WatchEventsRequest;
import io.dso.transport.Peer;
import io.dso.transport.UnixServer;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** An agent that has always the same to say, on a real socket. Asked about bundle {@code busy}, it never answers. */
final class FakeAgent implements ControlGrpc.AsyncService, AutoCloseable {
    private final UnixServer server;
    private boolean good = true;
    private boolean endless;

    FakeAgent(Path socket) throws IOException {
        var address = new UnixServer.Address(
                socket, "rw-------", peer -> peer.uid() == Peer.self().uid());
        server = UnixServer.start(address, List.of(ControlGrpc.bindService(this)));
    }

    /** From now on it has something to complain about. */
    void spoil() {
        good = false;
    }

    /** From now on its stream of events doesn't end. */
    void goOn() {
        endless = true;
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> reply) {
        if (refuses(request.getBundle(), reply)) {
            return;
        }
        var api = BundleStatus.newBuilder()
                .setName("shop-api")
                .setVersion(7)
                .setChecked(before(12))
                .setState(BundleStatus.State.STATE_CURRENT)
                .addMounts(mount("shop-api-1", 7))
                .addMounts(mount("shop-api-2", 7));
        var web = BundleStatus.newBuilder()
                .setName("shop-web")
                .setVersion(4)
                .setChecked(before(3))
                .setState(BundleStatus.State.STATE_DEGRADED)
                .setReason("4 marked bad: unhealthy after 60s")
                .addMounts(mount("web", 3).toBuilder().setBadVersion(4).setReason("unhealthy after 60s"));
        var idle = BundleStatus.newBuilder().setName("new").setState(BundleStatus.State.STATE_IDLE);
        var status = GetStatusResponse.newBuilder().addBundles(api);
        if (request.getBundle().isEmpty()) {
            status.addBundles(web).addBundles(idle);
        }
        status.addProviders(ProviderStatus.newBuilder()
                .setName("local")
                .setKind("local")
                .setState(ProviderStatus.State.STATE_READY)
                .setSince(before(4000)));
        status.addProviders(ProviderStatus.newBuilder()
                .setName("vault")
                .setKind("vault")
                .setState(ProviderStatus.State.STATE_FAILED)
                .setReason("\u001b[31mconnection\nrefused")
                .setSince(before(200_000)));
        answer(reply, status.build());
    }

    private static MountStatus mount(String container, long version) {
        return MountStatus.newBuilder()
                .setContainerId("3f2a" + container)
                .setContainerName(container)
                .setVolume("shop")
                .setVersion(version)
                .build();
    }

    @Override
    public void sync(SyncRequest request, StreamObserver<SyncResponse> reply) {
        if (refuses(request.getBundle(), reply)) {
            return;
        }
        var rotation = RotationResult.newBuilder()
                .setBundle("shop-api")
                .setContainerId("3f2a")
                .setContainerName("shop-api-1")
                .setFromVersion(6)
                .setToVersion(7);
        var done = SyncResponse.newBuilder().addRotations(rotation);
        if (!good) {
            done.addRotations(
                    rotation.setContainerName("shop-api-2").setRolledBack(true).setReason("exited with 3"));
        }
        answer(reply, done.build());
    }

    @Override
    public void watchEvents(WatchEventsRequest request, StreamObserver<Event> reply) {
        reply.onNext(event("armed", Map.of()));
        reply.onNext(event("changed", Map.of("bundle", "shop-api", "to", "7")));
        reply.onNext(event("rolled-back", Map.of("bundle", "shop-api", "why", "exited\nwith 3")));
        if (!good) {
            reply.onError(Status.UNAVAILABLE.withDescription("the agent stops").asRuntimeException());
        } else if (!endless) {
            reply.onCompleted();
        }
    }

    private static Event event(String type, Map<String, String> attributes) {
        return Event.newBuilder()
                .setAt(before(0))
                .setType(type)
                .putAllAttributes(attributes)
                .build();
    }

    @Override
    public void reload(ReloadRequest request, StreamObserver<ReloadResponse> reply) {
        var response = ReloadResponse.newBuilder();
        if (!good) {
            response.addProblems(Problem.newBuilder()
                    .setId("DSO-1004")
                    .setWhat("unknown key 'pol' in provider 'vault'")
                    .setWhere("/etc/dso/dso.yaml:7")
                    .setFix("did you mean 'poll'?"));
            response.addProblems(Problem.newBuilder().setId("DSO-1007").setWhat("there is no bundle"));
        }
        answer(reply, response.build());
    }

    @Override
    public void getHealth(GetHealthRequest request, StreamObserver<GetHealthResponse> reply) {
        answer(
                reply,
                GetHealthResponse.newBuilder()
                        .setLive(true)
                        .setStarted(true)
                        .setReady(good)
                        .addChecks(GetHealthResponse.Check.newBuilder()
                                .setName("engine")
                                .setUp(true))
                        .addChecks(GetHealthResponse.Check.newBuilder()
                                .setName("provider vault")
                                .setUp(good)
                                .setReason(good ? "" : "connection refused"))
                        .build());
    }

    @Override
    public void getVersion(GetVersionRequest request, StreamObserver<GetVersionResponse> reply) {
        answer(reply, GetVersionResponse.newBuilder().setVersion("9.9.9").build());
    }

    private static boolean refuses(String bundle, StreamObserver<?> reply) {
        switch (bundle) {
            case "none" ->
                reply.onError(Status.NOT_FOUND.withDescription("no bundle none").asRuntimeException());
            case "secret" ->
                reply.onError(Status.PERMISSION_DENIED
                        .withDescription("uid 1000 may not do this")
                        .asRuntimeException());
            case "busy" -> {
                // Never answered.
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static <T> void answer(StreamObserver<T> reply, T message) {
        reply.onNext(message);
        reply.onCompleted();
    }

    private static Timestamp before(long seconds) {
        return Timestamp.newBuilder()
                .setSeconds(Stage.NOW.minusSeconds(seconds).getEpochSecond())
                .build();
    }

    @Override
    public void close() throws IOException {
        server.close(Duration.ZERO);
    }
}
