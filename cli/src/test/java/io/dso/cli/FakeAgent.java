package io.dso.cli;

import com.google.protobuf.Timestamp;
import io.dso.control.Refusals;
import io.dso.control.v1.BundleStatus;
import io.dso.control.v1.ControlGrpc;
import io.dso.control.v1.Event;
import io.dso.control.v1.GetHealthRequest;
import io.dso.control.v1.GetHealthResponse;
import io.dso.control.v1.GetHistoryRequest;
import io.dso.control.v1.GetHistoryResponse;
import io.dso.control.v1.GetPlanRequest;
import io.dso.control.v1.GetPlanResponse;
import io.dso.control.v1.GetStatusRequest;
import io.dso.control.v1.GetStatusResponse;
import io.dso.control.v1.GetVersionRequest;
import io.dso.control.v1.GetVersionResponse;
import io.dso.control.v1.MountStatus;
import io.dso.control.v1.PauseRequest;
import io.dso.control.v1.PauseResponse;
import io.dso.control.v1.PlanStep;
import io.dso.control.v1.PlanStep.Action;
import io.dso.control.v1.Problem;
import io.dso.control.v1.ProviderStatus;
import io.dso.control.v1.ReloadRequest;
import io.dso.control.v1.ReloadResponse;
import io.dso.control.v1.ResumeRequest;
import io.dso.control.v1.ResumeResponse;
import io.dso.control.v1.RollbackRequest;
import io.dso.control.v1.RotateRequest;
import io.dso.control.v1.RotateResponse;
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
import java.util.HashMap;
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
        if (request.getBundle().equals("shop-held")) {
            status.clearBundles().addBundles(held());
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

    private static BundleStatus held() {
        return BundleStatus.newBuilder()
                .setName("shop-held")
                .setVersion(7)
                .setChecked(before(12))
                .setState(BundleStatus.State.STATE_HELD)
                .setReason("6 instead of 7, ordered by uid 0")
                .setPaused(BundleStatus.Pause.newBuilder().setSince(before(60)).setBy("uid 1000"))
                .setHold(BundleStatus.Hold.newBuilder()
                        .setVersion(6)
                        .setInsteadOf(7)
                        .setReason("ordered by uid 0"))
                .addMounts(mount("web", 6))
                .addMounts(mount("web2", 7).toBuilder()
                        .setStrategy("signal")
                        .setLabels("label dso.strategy: there is no strategy 'x'; the bundle's policy holds"))
                .addMounts(mount("web3", 5).toBuilder().setWhy("it publishes port 8080->80/tcp"))
                .build();
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
    public void rotate(RotateRequest request, StreamObserver<RotateResponse> reply) {
        if (refuses(request.getBundle(), reply)) {
            return;
        }
        var ordered = RotateResponse.newBuilder().setVersion(request.getToVersion() == 0 ? 7 : request.getToVersion());
        if (request.getDryRun()) {
            ordered.addSteps(step("web", 6, Action.ACTION_ROTATE, "ordered by uid 0").toBuilder()
                    .setStrategy(request.getStrategy().isEmpty() ? "signal" : request.getStrategy()));
        } else if (!request.getBundle().equals("still")) {
            ordered.addRotations(rotation("web", request.getStrategy().isEmpty() ? "" : "no route to the store")
                    .setPostponed(!request.getStrategy().isEmpty()));
        }
        answer(reply, ordered.build());
    }

    @Override
    public void rollback(RollbackRequest request, StreamObserver<RotateResponse> reply) {
        if (request.getBundle().equals("young")) {
            reply.onError(Refusals.of(
                    Status.Code.NOT_FOUND,
                    Problem.newBuilder()
                            .setId("DSO-5001")
                            .setWhat("bundle young has no version before 1")
                            .setWhere("bundle young")
                            .setFix("versions that are remembered: 1")
                            .build()));
            return;
        }
        var rotation = good
                ? rotation("web", "")
                : rotation("web", "web exited with 3").setRolledBack(true);
        answer(
                reply,
                RotateResponse.newBuilder().setVersion(6).addRotations(rotation).build());
    }

    private static RotationResult.Builder rotation(String container, String reason) {
        return RotationResult.newBuilder()
                .setBundle("shop-api")
                .setContainerId("3f2a")
                .setContainerName(container)
                .setFromVersion(7)
                .setToVersion(6)
                .setReason(reason);
    }

    private static PlanStep step(String container, long from, Action action, String reason) {
        return PlanStep.newBuilder()
                .setBundle("shop-api")
                .setContainerId("3f2a" + container)
                .setContainerName(container)
                .setFromVersion(from)
                .setToVersion(action == Action.ACTION_ROTATE ? 7 : from)
                .setAction(action)
                .setStrategy(action == Action.ACTION_ROTATE ? "signal" : "")
                .setReason(reason)
                .build();
    }

    @Override
    public void pause(PauseRequest request, StreamObserver<PauseResponse> reply) {
        if (!refuses(request.getBundle(), reply)) {
            answer(reply, PauseResponse.getDefaultInstance());
        }
    }

    @Override
    public void resume(ResumeRequest request, StreamObserver<ResumeResponse> reply) {
        if (!refuses(request.getBundle(), reply)) {
            answer(reply, ResumeResponse.getDefaultInstance());
        }
    }

    @Override
    public void getPlan(GetPlanRequest request, StreamObserver<GetPlanResponse> reply) {
        if (refuses(request.getBundle(), reply)) {
            return;
        }
        var plan = GetPlanResponse.newBuilder();
        if (!request.getBundle().equals("still")) {
            plan.addSteps(step("web", 6, Action.ACTION_STAY, "paused by uid 0"));
        }
        if (request.getBundle().isEmpty()) {
            plan.addSteps(step("web2", 6, Action.ACTION_ROTATE, "changed: local:shop/db"));
        }
        answer(reply, plan.build());
    }

    @Override
    public void getHistory(GetHistoryRequest request, StreamObserver<GetHistoryResponse> reply) {
        if (refuses(request.getBundle(), reply)) {
            return;
        }
        var rotation = Map.of("bundle", "shop-api", "container", "web", "from", "v6", "to", "v7");
        var back = new HashMap<>(rotation);
        back.put("why", "web exited\nwith 3");
        var order = Map.of("bundle", "shop-api", "verb", "rollback", "by", "uid 0", "to", "v6", "outcome", "1 rotated");
        var entries = List.of(
                event("ordered", order),
                event("ordered", Map.of("verb", "pause", "by", "uid 0")),
                event("rotated", rotation),
                event("rolled-back", back),
                event("rotation-postponed", back),
                event("rotation-ended", rotation));
        answer(
                reply,
                GetHistoryResponse.newBuilder()
                        .addAllEntries(entries.subList(0, Math.min(entries.size(), request.getLimit())))
                        .build());
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
