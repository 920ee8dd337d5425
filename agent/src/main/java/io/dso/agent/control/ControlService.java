package io.dso.agent.control;

import com.google.protobuf.Timestamp;
import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.provider.ProviderState;
import io.dso.agent.provider.Providers;
import io.dso.agent.reconcile.Reconciler;
import io.dso.agent.record.Events;
import io.dso.agent.record.Happening;
import io.dso.agent.record.Journal;
import io.dso.agent.rotate.Rotation;
import io.dso.agent.watch.StoreWatch;
import io.dso.agent.watch.VersionBoard;
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
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Serves the control API. Calls run on virtual threads and may block. */
public final class ControlService implements ControlGrpc.AsyncService {
    /** Events that a slow listener may be behind; then its stream is ended rather than memory filled. */
    private static final int BACKLOG = 10_000;

    private final Supplier<Map<String, Bundle>> bundles;
    private final Providers providers;
    private final Reconciler reconciler;
    private final Journal journal;
    private final VersionBoard board;
    private final StoreWatch stores;
    private final Events events;
    private final Supplier<List<io.dso.agent.problem.Problem>> reload;
    private final Supplier<GetHealthResponse> health;
    private final String version;

    /**
     * Serves nothing by itself.
     *
     * @param reload reads the configuration again; empty when it is in force
     * @param health what the health endpoints say
     * @param version the agent's
     */
    public ControlService(
            Supplier<Map<String, Bundle>> bundles,
            Providers providers,
            Reconciler reconciler,
            Journal journal,
            VersionBoard board,
            StoreWatch stores,
            Events events,
            Supplier<List<io.dso.agent.problem.Problem>> reload,
            Supplier<GetHealthResponse> health,
            String version) {
        this.bundles = bundles;
        this.providers = providers;
        this.reconciler = reconciler;
        this.journal = journal;
        this.board = board;
        this.stores = stores;
        this.events = events;
        this.reload = reload;
        this.health = health;
        this.version = version;
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> reply) {
        var wanted = bundlesNamed(request.getBundle(), reply);
        if (wanted == null) {
            return;
        }
        var status = GetStatusResponse.newBuilder();
        wanted.forEach(bundle -> status.addBundles(bundle(bundle)));
        providers.states().forEach(state -> status.addProviders(provider(state)));
        answer(reply, status.build());
    }

    private BundleStatus bundle(Bundle bundle) {
        var status = BundleStatus.newBuilder().setName(bundle.name());
        journal.latest(bundle.name()).ifPresent(latest -> status.setVersion(latest.number()));
        board.checked(bundle).ifPresent(checked -> status.setChecked(timestamp(checked)));
        var marks = journal.badOf(bundle.name());
        var mounts = journal.mountsOf(bundle.name()).stream()
                .filter(mount -> mount.phase() == Mounted.Phase.LIVE
                        && !mount.container().isEmpty())
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
        var degraded = new TreeSet<String>();
        for (var mount : mounts) {
            var line = MountStatus.newBuilder()
                    .setContainerId(mount.container())
                    .setContainerName(mount.name())
                    .setVolume(mount.volume())
                    .setVersion(mount.version().number());
            for (BadMark mark : marks) {
                if (mark.container().equals(mount.container()) && stands(mark)) {
                    line.setBadVersion(mark.bad().number()).setReason(mark.why());
                    degraded.add("%d marked bad: %s".formatted(mark.bad().number(), mark.why()));
                }
            }
            status.addMounts(line);
        }
        var refusal = board.refusal(bundle);
        boolean rotating = reconciler.rotations().stream()
                .map(Rotation::job)
                .anyMatch(job -> job.bundle().equals(bundle.name()));
        if (rotating) {
            status.setState(BundleStatus.State.STATE_ROTATING);
        } else if (refusal.isPresent()) {
            status.setState(BundleStatus.State.STATE_UNAVAILABLE)
                    .setReason(refusal.get().why());
        } else if (!degraded.isEmpty()) {
            status.setState(BundleStatus.State.STATE_DEGRADED).setReason(String.join("; ", degraded));
        } else if (status.getVersion() == 0) {
            status.setState(BundleStatus.State.STATE_IDLE);
        } else {
            status.setState(BundleStatus.State.STATE_CURRENT);
        }
        return status.build();
    }

    /** A mark of a version that isn't the latest any more keeps nothing back. */
    private boolean stands(BadMark mark) {
        return journal.latest(mark.bundle()).filter(mark.bad()::sameContent).isPresent();
    }

    private static ProviderStatus provider(ProviderState state) {
        return ProviderStatus.newBuilder()
                .setName(state.name())
                .setKind(state.kind())
                .setState(
                        switch (state.phase()) {
                            case STARTING -> ProviderStatus.State.STATE_STARTING;
                            case READY -> ProviderStatus.State.STATE_READY;
                            case FAILED -> ProviderStatus.State.STATE_FAILED;
                        })
                .setReason(state.reason())
                .setSince(timestamp(state.since()))
                .build();
    }

    @Override
    public void sync(SyncRequest request, StreamObserver<SyncResponse> reply) {
        var wanted = bundlesNamed(request.getBundle(), reply);
        if (wanted == null) {
            return;
        }
        var used = reconciler.inUse();
        var asked =
                wanted.stream().filter(bundle -> used.contains(bundle.name())).toList();
        var begun = new ArrayList<Future<Rotation.End>>();
        stores.look(asked.stream().flatMap(bundle -> bundle.refs().stream()).toList());
        asked.forEach(bundle -> begun.addAll(reconciler.pass(bundle.name())));
        var response = SyncResponse.newBuilder();
        try {
            for (var rotation : begun) {
                response.addRotations(result(rotation.get()));
            }
            answer(reply, response.build());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reply.onError(Status.UNAVAILABLE.withDescription("the agent stops").asRuntimeException());
        } catch (ExecutionException e) {
            reply.onError(Status.INTERNAL
                    .withDescription("a rotation failed, see the agent's log")
                    .asRuntimeException());
        }
    }

    private static RotationResult result(Rotation.End end) {
        var job = end.job();
        var result = RotationResult.newBuilder()
                .setBundle(job.bundle())
                .setContainerId(job.container())
                .setContainerName(job.name())
                .setFromVersion(job.from().number())
                .setToVersion(job.to().number());
        return switch (end) {
            case Rotation.Done _ -> result.build();
            case Rotation.RolledBack(var _, var why) ->
                result.setRolledBack(true).setReason(why).build();
            case Rotation.Postponed(var _, var why) -> result.setReason(why).build();
            case Rotation.Gone _ -> result.setReason("the container is gone").build();
        };
    }

    @Override
    public void watchEvents(WatchEventsRequest request, StreamObserver<Event> reply) {
        var call = (ServerCallStreamObserver<Event>) reply;
        var queue = new LinkedBlockingQueue<Happening>(BACKLOG);
        try (var listening = events.listen(queue::offer)) {
            call.onNext(event(new Happening(Instant.now(), "armed", Map.of())));
            // The call itself learns that it was cancelled only when this method returns; the context does at once.
            while (!Context.current().isCancelled() && queue.remainingCapacity() > 0) {
                if (!call.isReady()) { // it would take everything into memory
                    TimeUnit.MILLISECONDS.sleep(20);
                    continue;
                }
                var next = queue.poll(1, TimeUnit.SECONDS);
                if (next != null) {
                    call.onNext(event(next));
                }
            }
            if (!Context.current().isCancelled()) {
                call.onError(Status.RESOURCE_EXHAUSTED
                        .withDescription("the listener is too far behind")
                        .asRuntimeException());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            call.onError(Status.UNAVAILABLE.withDescription("the agent stops").asRuntimeException());
        }
    }

    private static Event event(Happening happening) {
        return Event.newBuilder()
                .setAt(timestamp(happening.at()))
                .setType(happening.type())
                .putAllAttributes(happening.attributes())
                .build();
    }

    @Override
    public void reload(ReloadRequest request, StreamObserver<ReloadResponse> reply) {
        var response = ReloadResponse.newBuilder();
        reload.get()
                .forEach(problem -> response.addProblems(Problem.newBuilder()
                        .setId(problem.id().code())
                        .setWhat(problem.what())
                        .setWhere(problem.where())
                        .setFix(problem.fix())));
        answer(reply, response.build());
    }

    @Override
    public void getHealth(GetHealthRequest request, StreamObserver<GetHealthResponse> reply) {
        answer(reply, health.get());
    }

    @Override
    public void getVersion(GetVersionRequest request, StreamObserver<GetVersionResponse> reply) {
        answer(reply, GetVersionResponse.newBuilder().setVersion(version).build());
    }

    /** All bundles for an empty name; null, with NOT_FOUND answered, for an unknown one. */
    private @org.jspecify.annotations.Nullable List<Bundle> bundlesNamed(String name, StreamObserver<?> reply) {
        var configured = bundles.get();
        if (name.isEmpty()) {
            return List.copyOf(configured.values());
        }
        var bundle = configured.get(name);
        if (bundle == null) {
            reply.onError(Status.NOT_FOUND.withDescription("no bundle " + name).asRuntimeException());
            return null;
        }
        return List.of(bundle);
    }

    private static <T> void answer(StreamObserver<T> reply, T message) {
        reply.onNext(message);
        reply.onCompleted();
    }

    private static Timestamp timestamp(Instant at) {
        return Timestamp.newBuilder()
                .setSeconds(at.getEpochSecond())
                .setNanos(at.getNano())
                .build();
    }
}
