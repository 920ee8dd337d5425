package io.dso.agent.provider;

import io.dso.agent.provider.Reply.Failure;
import io.dso.agent.secret.Refusal.Kind;
import io.dso.provider.v1.Error;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;

/** The contract's errors, and gRPC's own, as {@link Failure}s. */
final class Failures {
    private static final Metadata.Key<String> RETRY_AFTER =
            Metadata.Key.of("dso-retry-after-ms", Metadata.ASCII_STRING_MARSHALLER);
    private static final long LONGEST_RETRY_MS = Duration.ofHours(1).toMillis();
    /** How gRPC's own reader begins when a message is over our limit; the status is the same as for throttling. */
    private static final String OVERSIZE = "gRPC message exceeds maximum size";

    /**
     * A whole call's failure.
     *
     * @param budget how long the call was given
     */
    static Failure of(StatusRuntimeException e, Duration budget) {
        var status = e.getStatus();
        var why = why(status);
        return switch (status.getCode()) {
            case NOT_FOUND -> new Failure.Declined(Kind.NOT_FOUND, why);
            case PERMISSION_DENIED -> new Failure.Declined(Kind.DENIED, why);
            case UNAUTHENTICATED -> new Failure.Declined(Kind.UNAUTHENTICATED, why);
            case INVALID_ARGUMENT -> new Failure.Declined(Kind.INVALID, why);
            case RESOURCE_EXHAUSTED ->
                why.startsWith(OVERSIZE)
                        ? new Failure.Nonsense("it answered with more than 4 MiB")
                        : new Failure.Declined(Kind.THROTTLED, why, retryAfter(e));
            case UNAVAILABLE -> new Failure.Declined(Kind.UNAVAILABLE, why);
            case DEADLINE_EXCEEDED -> new Failure.Silence("no answer within " + text(budget));
            case CANCELLED ->
                Thread.currentThread().isInterrupted()
                        ? new Failure.Declined(Kind.UNAVAILABLE, "the agent gave up")
                        : new Failure.Nonsense("it answered nonsense (" + why + ")");
            case UNIMPLEMENTED -> new Failure.Nonsense("it doesn't know this call");
            case OK, UNKNOWN, ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED, OUT_OF_RANGE, INTERNAL, DATA_LOSS ->
                new Failure.Nonsense("it answered nonsense (" + status.getCode() + ": " + why + ")");
        };
    }

    /** One secret's failure among others' answers. */
    static Failure of(Error error) {
        var kind = switch (error.getCode()) {
            case CODE_NOT_FOUND -> Kind.NOT_FOUND;
            case CODE_DENIED -> Kind.DENIED;
            case CODE_UNAUTHENTICATED -> Kind.UNAUTHENTICATED;
            case CODE_THROTTLED -> Kind.THROTTLED;
            case CODE_INVALID -> Kind.INVALID;
            case CODE_UNAVAILABLE, CODE_UNSPECIFIED, UNRECOGNIZED -> Kind.UNAVAILABLE;
        };
        return new Failure.Declined(kind, orNoReason(error.getMessage()), bounded(error.getRetryAfterMs()));
    }

    private static String why(Status status) {
        var description = status.getDescription();
        return orNoReason(description == null ? "" : description);
    }

    private static String orNoReason(String text) {
        var line = OneLine.of(text);
        return line.isEmpty() ? "no reason given" : line;
    }

    private static Duration retryAfter(StatusRuntimeException e) {
        var trailers = e.getTrailers();
        var text = trailers == null ? null : trailers.get(RETRY_AFTER);
        return text != null && text.matches("[0-9]{1,12}") ? bounded(Long.parseLong(text)) : Duration.ZERO;
    }

    private static Duration bounded(long millis) {
        return Duration.ofMillis(Math.clamp(millis, 0, LONGEST_RETRY_MS));
    }

    /** {@code 5 s}, {@code 250 ms}. */
    static String text(Duration duration) {
        long millis = duration.toMillis();
        return millis >= 950 ? Math.round(millis / 1000.0) + " s" : millis + " ms";
    }

    private Failures() {}
}
