package io.dso.control;

import io.dso.control.v1.Problem;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import java.util.Optional;

/** How a call that is refused carries why: as a {@link Problem} in a trailer, beside the status that every client knows. */
public final class Refusals {
    private static final Metadata.Key<Problem> PROBLEM =
            Metadata.Key.of("dso.control.v1.problem-bin", ProtoUtils.metadataMarshaller(Problem.getDefaultInstance()));

    private Refusals() {}

    /** What a call fails with. */
    public static StatusRuntimeException of(Status.Code code, Problem problem) {
        var trailers = new Metadata();
        trailers.put(PROBLEM, problem);
        return code.toStatus().withDescription(problem.getWhat()).asRuntimeException(trailers);
    }

    /** What a failed call carries; empty if the other side is older, or it failed in another way. */
    public static Optional<Problem> problem(StatusRuntimeException failure) {
        return Optional.ofNullable(failure.getTrailers())
                .flatMap(trailers -> Optional.ofNullable(trailers.get(PROBLEM)));
    }
}
