package io.dso.agent.provider;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.dso.agent.provider.Reply.Failure;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.SecretValue;
import io.dso.agent.secret.VersionId;
import io.dso.provider.v1.CheckRequest;
import io.dso.provider.v1.CheckResponse;
import io.dso.provider.v1.DescribeRequest;
import io.dso.provider.v1.DescribeResponse;
import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.GetVersionsResponse;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.provider.v1.VersionResult;
import io.dso.transport.Peer;
import io.dso.transport.UnixChannel;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * One connection to one life of a provider, from its first answer until it is lost: because the connection broke, the
 * process ended, or it behaves so badly that it is given up. Thread-safe.
 */
final class Session implements AutoCloseable {

    /** How a session ended. */
    sealed interface Loss {
        String why();

        /** By itself. */
        record Ended(String why) implements Loss {}

        /** We gave it up: the circuit is open. */
        record GivenUp(String why) implements Loss {}
    }

    private final UnixChannel channel;
    private final Patience patience;
    private final CompletableFuture<Loss> loss = new CompletableFuture<>();
    private final AtomicInteger badAnswers = new AtomicInteger();
    private final AtomicBoolean probing = new AtomicBoolean();
    private volatile boolean proved;
    private int silentPulses;

    /**
     * Connects at the first call, which should be {@link #introduce}.
     *
     * @param listener who may listen there
     */
    Session(Path socket, Predicate<Peer> listener, Patience patience) {
        this.channel = UnixChannel.to(socket, listener);
        this.patience = patience;
    }

    /** Asks who is there; from then on a broken connection loses the session. */
    Reply<DescribeResponse> introduce(Duration budget) {
        var reply = describe(budget);
        if (reply instanceof Reply.Given<DescribeResponse>) {
            channel.grpc()
                    .notifyWhenStateChanged(
                            ConnectivityState.READY, () -> lose(new Loss.Ended("the connection to it is lost")));
        }
        return reply;
    }

    /** Completed once, when the session is lost. */
    CompletableFuture<Loss> loss() {
        return loss;
    }

    boolean isLost() {
        return loss.isDone();
    }

    boolean isGivenUp() {
        return isLost() && loss.join() instanceof Loss.GivenUp;
    }

    /** True once a call that needs the store was answered properly. */
    boolean isProved() {
        return proved;
    }

    void lose(Loss how) {
        loss.complete(how);
    }

    UnixChannel channel() {
        return channel;
    }

    /**
     * Asks an idle provider whether it lives. Two silences in a row, and it is given up: one may be our own, because the
     * machine was busy or asleep. For one thread.
     */
    void pulse() {
        var reply = describe(patience.answer());
        boolean silent = reply instanceof Reply.Failed<DescribeResponse>(Failure.Silence silence);
        silentPulses = silent ? silentPulses + 1 : 0;
        if (!silent || silentPulses > 1) {
            concludeFrom(reply);
        }
    }

    /** Asks a provider that was silent whether it lives, and gives it up if it doesn't say so in time. */
    private void probe() {
        if (probing.compareAndSet(false, true)) {
            try {
                concludeFrom(describe(patience.answer()));
            } finally {
                probing.set(false);
            }
        }
    }

    private void concludeFrom(Reply<DescribeResponse> reply) {
        if (reply instanceof Reply.Failed<DescribeResponse>(var failure)) {
            switch (failure) {
                case Failure.Silence(var why) -> lose(new Loss.GivenUp("it hangs: " + why));
                case Failure.Nonsense(var why) -> lose(new Loss.GivenUp(why));
                case Failure.Broken(var why) -> lose(new Loss.Ended(why));
                case Failure.Declined declined -> {}
            }
        }
    }

    private Reply<DescribeResponse> describe(Duration budget) {
        return call(ProviderGrpc.getDescribeMethod(), DescribeRequest.getDefaultInstance(), budget);
    }

    /** Whether the store can be reached and takes the credentials. The circuit doesn't mind. */
    Reply<CheckResponse> check(Duration budget) {
        return call(ProviderGrpc.getCheckMethod(), CheckRequest.getDefaultInstance(), budget);
    }

    /**
     * Current versions, one for each ref in the same order.
     *
     * @param refs 1 to 1,000
     */
    Reply<List<Reply<VersionId>>> versions(List<SecretRef> refs, Duration budget) {
        var request = GetVersionsRequest.newBuilder();
        refs.forEach(ref -> request.addRefs(Wire.ref(ref)));
        return judged(
                call(ProviderGrpc.getGetVersionsMethod(), request.build(), budget)
                        .then(response -> versions(response, refs.size())),
                budget);
    }

    private static Reply<List<Reply<VersionId>>> versions(GetVersionsResponse response, int asked) {
        if (response.getResultsCount() != asked) {
            return Reply.failed(new Failure.Nonsense(
                    "it answered " + response.getResultsCount() + " versions when asked for " + asked));
        }
        var versions = new ArrayList<Reply<VersionId>>(asked);
        response.getResultsList().forEach(result -> versions.add(version(result)));
        return Reply.given(List.copyOf(versions));
    }

    private static Reply<VersionId> version(VersionResult result) {
        return switch (result.getResultCase()) {
            case VERSION -> {
                var text = result.getVersion();
                yield text.isBlank() || text.length() > 256
                        ? Reply.failed(
                                new Failure.Nonsense("it answered a version of " + text.length() + " characters"))
                        : Reply.given(new VersionId(text));
            }
            case ERROR -> Reply.failed(Failures.of(result.getError()));
            case RESULT_NOT_SET -> Reply.failed(new Failure.Nonsense("it answered neither a version nor an error"));
        };
    }

    /** The value of exactly one version. The caller closes it. */
    Reply<SecretValue> fetch(SecretRef ref, VersionId version, Duration budget) {
        var request = FetchRequest.newBuilder()
                .setRef(Wire.ref(ref))
                .setVersion(version.text())
                .build();
        return judged(call(FetchMethod.CALL, request, budget).then(fetched -> value(fetched, version)), budget);
    }

    private static Reply<SecretValue> value(FetchMethod.Fetched fetched, VersionId version) {
        if (!fetched.version.equals(version.text())) {
            Arrays.fill(fetched.value, (byte) 0);
            return Reply.failed(new Failure.Nonsense("it answered another version than the one asked for"));
        }
        if (fetched.value.length > SecretValue.MAX_BYTES) {
            Arrays.fill(fetched.value, (byte) 0);
            return Reply.failed(new Failure.Nonsense(
                    "it answered a value of " + fetched.value.length + " bytes, the most is " + SecretValue.MAX_BYTES));
        }
        return Reply.given(SecretValue.owning(fetched.value));
    }

    private <Q, A> Reply<A> call(MethodDescriptor<Q, A> method, Q request, Duration budget) {
        var options = CallOptions.DEFAULT.withDeadlineAfter(budget.toNanos(), NANOSECONDS);
        try {
            return Reply.given(ClientCalls.blockingUnaryCall(channel.grpc(), method, options, request));
        } catch (StatusRuntimeException e) {
            return Reply.failed(
                    isConnection(e.getStatus())
                            ? new Failure.Broken(lossOr("the connection to it is lost"))
                            : Failures.of(e, budget));
        }
    }

    /** Tells what gRPC says about the connection, in one of several statuses, from what the provider says. */
    private boolean isConnection(Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE, UNKNOWN, INTERNAL, CANCELLED, ABORTED ->
                isLost()
                        || channel.grpc().getState(false) != ConnectivityState.READY
                        || status.getCause() instanceof IOException;
            case OK,
                    INVALID_ARGUMENT,
                    DEADLINE_EXCEEDED,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    RESOURCE_EXHAUSTED,
                    FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    DATA_LOSS,
                    UNAUTHENTICATED -> false;
        };
    }

    private String lossOr(String otherwise) {
        return isLost() ? loss.join().why() : otherwise;
    }

    /** Draws the consequences of an answer: this is the circuit. */
    private <T> Reply<T> judged(Reply<T> reply, Duration budget) {
        switch (reply) {
            case Reply.Given<T> given -> {
                badAnswers.set(0);
                proved = true;
            }
            case Reply.Failed<T>(var failure) -> {
                switch (failure) {
                    case Failure.Declined declined -> badAnswers.set(0);
                    case Failure.Broken(var why) -> lose(new Loss.Ended(why));
                    case Failure.Nonsense(var why) -> countBad(why);
                    case Failure.Silence(var why) -> {
                        if (budget.compareTo(patience.fair()) >= 0) {
                            countBad(why);
                        }
                        Thread.ofVirtual().name("probe").start(this::probe);
                    }
                }
            }
        }
        return reply;
    }

    private void countBad(String why) {
        if (badAnswers.incrementAndGet() >= patience.badAnswers()) {
            lose(new Loss.GivenUp(patience.badAnswers() + " bad answers in a row, the last one: " + why));
        }
    }

    @Override
    public void close() {
        lose(new Loss.Ended("the agent closed the connection"));
        channel.close();
    }
}
