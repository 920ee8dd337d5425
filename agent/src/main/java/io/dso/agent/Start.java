package io.dso.agent;

import io.dso.agent.health.Check;
import io.dso.agent.health.Vitals;
import io.dso.agent.problem.DsoException;
import io.quarkus.runtime.Quarkus;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import sun.misc.Signal;

/**
 * The agent's start, on a thread of its own beside the framework's: an engine that boots waits for our socket, which needs
 * nothing of the framework. The one bridge between both, so the one static state.
 */
@Singleton
public class Start implements Vitals {
    private static final Wiring WIRING = new Wiring();
    private static final CompletableFuture<Wiring> STARTED = new CompletableFuture<>();
    /** The framework forgets what it was asked before it runs. */
    private static volatile boolean stopAsked;

    /** Begins, and returns at once. To be called once. */
    static void begin(Options options) {
        for (var orderly : List.of("TERM", "INT")) {
            Signal.handle(new Signal(orderly), _ -> {
                stopAsked = true;
                Quarkus.asyncExit(0); // a stop in order is no failure
            });
        }
        Thread.ofPlatform().name("start").daemon().start(() -> {
            try {
                WIRING.start(options);
                STARTED.complete(WIRING);
            } catch (Throwable e) {
                STARTED.completeExceptionally(e);
            }
        });
    }

    /**
     * What was begun, as soon as it has started.
     *
     * @throws DsoException if it can't start as it is configured
     */
    Wiring wiring() {
        try {
            return STARTED.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof DsoException problems ? problems : e;
        }
    }

    /** Waits until somebody asks for a stop, or asked while it started. */
    void awaitStop() {
        if (!stopAsked) {
            Quarkus.waitForExit();
        }
    }

    /** Ends what was begun, in order, however far it came. */
    static void stop() {
        STARTED.handle((_, _) -> true).join();
        WIRING.close();
    }

    @Override
    public boolean started() {
        return WIRING.started();
    }

    @Override
    public List<Check> readiness() {
        return WIRING.readiness();
    }
}
