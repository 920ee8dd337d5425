package io.dso.agent.control;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.Order;
import io.dso.agent.bundle.Order.Manner;
import io.dso.agent.bundle.Paused;
import io.dso.agent.control.Gate.Pass;
import io.dso.agent.control.Gate.Verb;
import io.dso.agent.health.Vitals;
import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.Problem;
import io.dso.agent.problem.ProblemId;
import io.dso.agent.reconcile.Orders;
import io.dso.agent.record.Events;
import io.dso.agent.record.History;
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
import io.dso.control.v1.PauseRequest;
import io.dso.control.v1.PauseResponse;
import io.dso.control.v1.ReloadRequest;
import io.dso.control.v1.ReloadResponse;
import io.dso.control.v1.ResumeRequest;
import io.dso.control.v1.ResumeResponse;
import io.dso.control.v1.RollbackRequest;
import io.dso.control.v1.RotateRequest;
import io.dso.control.v1.RotateResponse;
import io.dso.control.v1.SyncRequest;
import io.dso.control.v1.SyncResponse;
import io.dso.control.v1.WatchEventsRequest;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Serves the control API. Calls run on virtual threads and may block. */
public final class ControlService implements ControlGrpc.AsyncService {
    private static final Logger LOG = Logger.getLogger(ControlService.class);

    private final Supplier<Map<String, Bundle>> bundles;
    private final Orders orders;
    private final StatusPage status;
    private final History history;
    private final Gate gate;
    private final EventStream stream;
    private final Supplier<List<Problem>> reload;
    private final Vitals vitals;
    private final String version;

    /**
     * Serves nothing by itself.
     *
     * @param reload reads the configuration again; empty when it is in force
     * @param vitals how the agent is, as the health endpoints say too
     * @param version the agent's
     */
    public ControlService(
            Supplier<Map<String, Bundle>> bundles,
            Orders orders,
            StatusPage status,
            History history,
            Events events,
            Supplier<List<Problem>> reload,
            Vitals vitals,
            String version) {
        this.bundles = bundles;
        this.orders = orders;
        this.status = status;
        this.history = history;
        this.gate = new Gate(events);
        this.stream = new EventStream(events);
        this.reload = reload;
        this.vitals = vitals;
        this.version = version;
    }

    /** What is done for a caller that was let through. */
    @FunctionalInterface
    private interface Work<T> {
        T of(Pass pass) throws InterruptedException;
    }

    /** Every call comes through here: may the caller, what comes of it, who hears of it. */
    private <T> void answer(Verb verb, String bundle, StreamObserver<T> reply, Work<T> work) {
        ((ServerCallStreamObserver<T>) reply).setOnCancelHandler(() -> {}); // who doesn't wait for it gets no answer
        try {
            var pass = gate.admit(verb, bundle);
            try {
                reply.onNext(work.of(pass));
                reply.onCompleted();
            } catch (DsoException e) {
                gate.refused(pass, e.problems().getFirst().what());
                throw e;
            }
        } catch (DsoException e) {
            reply.onError(Replies.refusal(e.problems().getFirst()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reply.onError(Status.UNAVAILABLE.withDescription("the agent stops").asRuntimeException());
        } catch (RuntimeException e) {
            LOG.errorf(e, "a call failed verb=%s bundle=%s", verb, bundle);
            reply.onError(Status.INTERNAL.withDescription("see the agent's log").asRuntimeException());
        }
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> reply) {
        answer(Verb.STATUS, request.getBundle(), reply, _ -> status.of(named(request.getBundle())));
    }

    @Override
    public void sync(SyncRequest request, StreamObserver<SyncResponse> reply) {
        answer(Verb.SYNC, request.getBundle(), reply, pass -> {
            var ends = orders.sync(named(request.getBundle()));
            gate.done(pass, "outcome", Replies.outcome(ends));
            var response = SyncResponse.newBuilder();
            ends.forEach(end -> response.addRotations(Replies.result(end)));
            return response.build();
        });
    }

    @Override
    public void rotate(RotateRequest request, StreamObserver<RotateResponse> reply) {
        answer(request.getDryRun() ? Verb.PLAN : Verb.ROTATE, request.getBundle(), reply, pass -> {
            var bundle = one(request.getBundle());
            var manner = Asked.manner(request.getStrategy(), bundle);
            var to = request.getToVersion() == 0
                    ? orders.latest(bundle)
                    : orders.version(bundle, request.getToVersion());
            var order = new Order(bundle.name(), to, manner, pass.by());
            return request.getDryRun() ? planned(bundle, order) : rotated(pass, bundle, order);
        });
    }

    @Override
    public void rollback(RollbackRequest request, StreamObserver<RotateResponse> reply) {
        answer(Verb.ROLLBACK, request.getBundle(), reply, pass -> {
            var bundle = one(request.getBundle());
            var to = orders.previous(bundle);
            return rotated(pass, bundle, new Order(bundle.name(), to, new Manner.AsConfigured(), pass.by()));
        });
    }

    private RotateResponse planned(Bundle bundle, Order order) {
        return RotateResponse.newBuilder()
                .setVersion(order.to().number())
                .addAllSteps(Replies.steps(orders.plan(bundle, order)))
                .build();
    }

    private RotateResponse rotated(Pass pass, Bundle bundle, Order order) throws InterruptedException {
        var ends = orders.rotate(bundle, order);
        gate.done(
                pass,
                "to",
                order.to().toString(),
                "strategy",
                Asked.word(order.manner()),
                "outcome",
                Replies.outcome(ends));
        var response = RotateResponse.newBuilder().setVersion(order.to().number());
        ends.forEach(end -> response.addRotations(Replies.result(end)));
        return response.build();
    }

    @Override
    public void pause(PauseRequest request, StreamObserver<PauseResponse> reply) {
        answer(Verb.PAUSE, request.getBundle(), reply, pass -> {
            orders.pause(oneOrAll(request.getBundle()), pass.by());
            gate.done(pass);
            return PauseResponse.getDefaultInstance();
        });
    }

    @Override
    public void resume(ResumeRequest request, StreamObserver<ResumeResponse> reply) {
        answer(Verb.RESUME, request.getBundle(), reply, pass -> {
            orders.resume(oneOrAll(request.getBundle()));
            gate.done(pass);
            return ResumeResponse.getDefaultInstance();
        });
    }

    @Override
    public void getPlan(GetPlanRequest request, StreamObserver<GetPlanResponse> reply) {
        answer(Verb.PLAN, request.getBundle(), reply, _ -> {
            var response = GetPlanResponse.newBuilder();
            orders.plan(named(request.getBundle())).forEach(preview -> response.addAllSteps(Replies.steps(preview)));
            return response.build();
        });
    }

    @Override
    public void getHistory(GetHistoryRequest request, StreamObserver<GetHistoryResponse> reply) {
        answer(Verb.HISTORY, request.getBundle(), reply, _ -> {
            var bundle = request.getBundle();
            var entries =
                    bundle.isEmpty() ? history.all() : history.of(one(bundle).name());
            var response = GetHistoryResponse.newBuilder();
            entries.stream()
                    .limit(request.getLimit() <= 0 ? Long.MAX_VALUE : request.getLimit())
                    .forEach(entry -> response.addEntries(Replies.event(entry)));
            return response.build();
        });
    }

    @Override
    public void watchEvents(WatchEventsRequest request, StreamObserver<Event> reply) {
        try {
            gate.admit(Verb.EVENTS, "");
            stream.serve((ServerCallStreamObserver<Event>) reply);
        } catch (DsoException e) {
            reply.onError(Replies.refusal(e.problems().getFirst()));
        }
    }

    @Override
    public void reload(ReloadRequest request, StreamObserver<ReloadResponse> reply) {
        answer(Verb.RELOAD, "", reply, pass -> {
            var problems = reload.get();
            gate.done(pass, "outcome", problems.isEmpty() ? "in force" : problems.size() + " mistakes");
            var response = ReloadResponse.newBuilder();
            problems.forEach(problem -> response.addProblems(Replies.problem(problem)));
            return response.build();
        });
    }

    @Override
    public void getHealth(GetHealthRequest request, StreamObserver<GetHealthResponse> reply) {
        answer(Verb.HEALTH, "", reply, _ -> Replies.health(vitals));
    }

    @Override
    public void getVersion(GetVersionRequest request, StreamObserver<GetVersionResponse> reply) {
        answer(
                Verb.VERSION,
                "",
                reply,
                _ -> GetVersionResponse.newBuilder().setVersion(version).build());
    }

    /** All bundles for an empty name. */
    private Collection<Bundle> named(String name) {
        return name.isEmpty() ? List.copyOf(bundles.get().values()) : List.of(one(name));
    }

    private String oneOrAll(String name) {
        return name.isEmpty() ? Paused.ALL : one(name).name();
    }

    private Bundle one(String name) {
        var bundle = bundles.get().get(name);
        if (bundle == null) {
            throw new DsoException(new Problem(
                    ProblemId.BUNDLE_UNKNOWN,
                    name.isEmpty() ? "no bundle is named" : "no bundle " + name,
                    "bundles",
                    "dso status shows what there is"));
        }
        return bundle;
    }
}
