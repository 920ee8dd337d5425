package io.dso.agent.engine;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.dso.agent.time.Deadline;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls with a deadline, whose failures are ours. */
final class Calls implements AutoCloseable {
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("engine-", 0).factory());

    /** What is done without an answer. */
    @FunctionalInterface
    interface Order {
        void carryOut() throws IOException;
    }

    void order(Deadline deadline, Order order) {
        call(deadline, () -> {
            order.carryOut();
            return true;
        });
    }

    /** Runs a blocking call, but no longer than the caller waits; a late answer is dropped. */
    <T> T call(Deadline deadline, Callable<T> work) {
        var answer = threads.submit(work);
        try {
            return answer.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new EngineException(EngineException.Kind.UNAVAILABLE, "the Docker engine gave no answer in time", e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new EngineException(EngineException.Kind.UNAVAILABLE, "interrupted", e);
        } catch (ExecutionException e) {
            throw explained(e.getCause() == null ? e : e.getCause());
        }
    }

    private static EngineException explained(Throwable cause) {
        return switch (cause) {
            case EngineException e -> e;
            case NotFoundException e -> new EngineException(EngineException.Kind.NOT_FOUND, text(e), e);
            case DockerException e -> new EngineException(EngineException.Kind.REFUSED, text(e), e);
            default ->
                new EngineException(
                        EngineException.Kind.UNAVAILABLE, "the Docker engine can't be reached: " + text(cause), cause);
        };
    }

    private static String text(Throwable thrown) {
        return Objects.requireNonNullElse(thrown.getMessage(), thrown.getClass().getSimpleName());
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
