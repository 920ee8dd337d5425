package io.dso.agent;

import io.dso.agent.provider.ProviderListener;
import io.dso.agent.provider.ProviderState;
import io.dso.agent.secret.SecretRef;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Takes what providers say off their threads, and keeps it until it is told to whom: they start before those listen. */
final class Hints implements ProviderListener, AutoCloseable {
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("hint-", 0).factory());
    private final CompletableFuture<Listeners> listeners = new CompletableFuture<>();

    private record Listeners(Consumer<Set<SecretRef>> changed, Consumer<ProviderState> state) {}

    void tell(Consumer<Set<SecretRef>> changed, Consumer<ProviderState> state) {
        listeners.complete(new Listeners(changed, state));
    }

    @Override
    public void mayHaveChanged(Set<SecretRef> refs) {
        threads.execute(() -> listeners.join().changed().accept(refs));
    }

    @Override
    public void stateChanged(ProviderState now) {
        threads.execute(() -> listeners.join().state().accept(now));
    }

    @Override
    public void close() {
        listeners.cancel(false);
        threads.shutdownNow();
    }
}
