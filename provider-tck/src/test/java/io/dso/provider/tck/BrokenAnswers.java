package io.dso.provider.tck;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Faults in how calls end, whatever they are. */
final class BrokenAnswers implements ServerInterceptor {
    private final String fault;

    BrokenAnswers(String fault) {
        this.fault = fault;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        var listener = next.startCall(
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void close(Status status, Metadata trailers) {
                        super.close(changed(status), trailers);
                    }
                },
                headers);
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onCancel() {
                if (fault.equals("ends-with-large-message")) {
                    Runtime.getRuntime().halt(1);
                }
                super.onCancel();
            }
        };
    }

    private Status changed(Status status) {
        return switch (fault) {
            case "all-errors-unknown" -> status.isOk() ? status : Status.UNKNOWN.withDescription("something");
            case "no-reasons" -> status.isOk() ? status : status.withDescription("");
            case "invalid-is-not-found" ->
                status.getCode() == Status.Code.INVALID_ARGUMENT ? Status.NOT_FOUND.withDescription("none") : status;
            default -> status;
        };
    }
}
