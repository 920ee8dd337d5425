package io.dso.provider.sdk;

import io.dso.provider.v1.Capability;
import io.dso.provider.v1.DescribeResponse;
import io.dso.provider.v1.Error;
import io.dso.provider.v1.SecretRef;
import io.dso.provider.v1.VersionResult;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Our types as the contract's messages and statuses, and back. */
final class Wire {
    /** Trailer of RESOURCE_EXHAUSTED: milliseconds until the store wants to be asked again. */
    static final Metadata.Key<String> RETRY_AFTER =
            Metadata.Key.of("dso-retry-after-ms", Metadata.ASCII_STRING_MARSHALLER);

    /** Keeps a reason well below the 8 KiB that all trailers together may have, also when it is percent-encoded. */
    private static final int MAX_REASON = 1000;

    static DescribeResponse describe(Description description) {
        var response = DescribeResponse.newBuilder().setName(description.kind()).setVersion(description.version());
        for (var ability : description.abilities()) {
            response.addCapabilities(
                    switch (ability) {
                        case WATCH -> Capability.CAPABILITY_WATCH;
                        case OLD_VERSIONS -> Capability.CAPABILITY_OLD_VERSIONS;
                    });
        }
        return response.build();
    }

    static SecretName name(SecretRef ref) throws StoreException {
        try {
            return new SecretName(ref.getPath(), ref.getKey());
        } catch (IllegalArgumentException e) {
            throw new StoreException(new StoreFailure(StoreFailure.Kind.INVALID, String.valueOf(e.getMessage())), e);
        }
    }

    static List<SecretName> names(List<SecretRef> refs) throws StoreException {
        if (refs.isEmpty() || refs.size() > Limits.NAMES) {
            throw StoreException.invalid("a request needs 1 to " + Limits.NAMES + " secrets, has " + refs.size());
        }
        var names = new ArrayList<SecretName>(refs.size());
        for (var ref : refs) {
            names.add(name(ref));
        }
        return List.copyOf(names);
    }

    static SecretRef ref(SecretName name) {
        return SecretRef.newBuilder().setPath(name.path()).setKey(name.key()).build();
    }

    static VersionResult result(VersionAnswer answer) {
        return switch (answer) {
            case VersionAnswer.Current(var version) ->
                VersionResult.newBuilder().setVersion(version).build();
            case VersionAnswer.Failed(var failure) ->
                VersionResult.newBuilder().setError(error(failure)).build();
        };
    }

    private static Error error(StoreFailure failure) {
        var code = switch (failure.kind()) {
            case NOT_FOUND -> Error.Code.CODE_NOT_FOUND;
            case DENIED -> Error.Code.CODE_DENIED;
            case UNAUTHENTICATED -> Error.Code.CODE_UNAUTHENTICATED;
            case THROTTLED -> Error.Code.CODE_THROTTLED;
            case UNAVAILABLE -> Error.Code.CODE_UNAVAILABLE;
            case INVALID -> Error.Code.CODE_INVALID;
        };
        return Error.newBuilder()
                .setCode(code)
                .setMessage(reason(failure))
                .setRetryAfterMs(failure.retryAfter().toMillis())
                .build();
    }

    static StatusRuntimeException status(StoreFailure failure) {
        var status = switch (failure.kind()) {
            case NOT_FOUND -> Status.NOT_FOUND;
            case DENIED -> Status.PERMISSION_DENIED;
            case UNAUTHENTICATED -> Status.UNAUTHENTICATED;
            case THROTTLED -> Status.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> Status.UNAVAILABLE;
            case INVALID -> Status.INVALID_ARGUMENT;
        };
        var trailers = new Metadata();
        if (failure.retryAfter().compareTo(Duration.ZERO) > 0) {
            trailers.put(RETRY_AFTER, Long.toString(failure.retryAfter().toMillis()));
        }
        return status.withDescription(reason(failure)).asRuntimeException(trailers);
    }

    private static String reason(StoreFailure failure) {
        var why = failure.why();
        return why.length() <= MAX_REASON ? why : why.substring(0, MAX_REASON) + "…";
    }

    private Wire() {}
}
