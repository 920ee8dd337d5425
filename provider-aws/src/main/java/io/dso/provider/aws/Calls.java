package io.dso.provider.aws;

import io.dso.provider.sdk.Pace;
import io.dso.provider.sdk.StoreException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/** Calls to one service at one place: at its pace, and with failures that the agent understands. */
final class Calls {
    private final String service;
    private final Pace pace;

    /** @param service its name, for people */
    Calls(String service, Pace pace) {
        this.service = service;
        this.pace = pace;
    }

    interface Call<T> {
        T answer();
    }

    /** @param what what is asked for, for people */
    <T> T ask(String what, Call<T> call) throws StoreException, InterruptedException {
        pace.await();
        try {
            var answer = call.answer();
            pace.served();
            return answer;
        } catch (AbortedException e) {
            throw interrupted(e);
        } catch (SdkException e) {
            if (Thread.interrupted()) {
                throw interrupted(e);
            }
            if (Refusals.isThrottling(e)) {
                throw pace.throttled(Refusals.retryAfter(e));
            }
            throw new StoreException(Refusals.of(e, service, what), e);
        }
    }

    private static InterruptedException interrupted(Exception cause) {
        var interrupted = new InterruptedException("the caller gave up");
        interrupted.initCause(cause);
        return interrupted;
    }
}
