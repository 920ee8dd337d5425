package io.dso.provider.sdk;

import java.time.Duration;

/** The store didn't give what was asked for. Its message reaches the agent's user: no value in it. */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient StoreFailure failure;

    public StoreException(StoreFailure failure) {
        super(failure.why());
        this.failure = failure;
    }

    /** A failure that came from below. The cause stays in this process. */
    public StoreException(StoreFailure failure, Throwable cause) {
        super(failure.why(), cause);
        this.failure = failure;
    }

    public StoreFailure failure() {
        return failure;
    }

    public static StoreException notFound(String why) {
        return new StoreException(new StoreFailure(StoreFailure.Kind.NOT_FOUND, why));
    }

    public static StoreException denied(String why) {
        return new StoreException(new StoreFailure(StoreFailure.Kind.DENIED, why));
    }

    public static StoreException unauthenticated(String why) {
        return new StoreException(new StoreFailure(StoreFailure.Kind.UNAUTHENTICATED, why));
    }

    /** Zero when the store doesn't say for how long. */
    public static StoreException throttled(String why, Duration retryAfter) {
        return new StoreException(new StoreFailure(StoreFailure.Kind.THROTTLED, why, retryAfter));
    }

    public static StoreException unavailable(String why) {
        return new StoreException(new StoreFailure(StoreFailure.Kind.UNAVAILABLE, why));
    }

    public static StoreException invalid(String why) {
        return new StoreException(new StoreFailure(StoreFailure.Kind.INVALID, why));
    }
}
