package io.dso.agent;

import io.dso.agent.provider.ProviderListener;
import io.dso.agent.provider.ProviderState;
import io.dso.agent.secret.SecretRef;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Takes what providers say off their threads. Says nothing on until it is told to whom. */
final class Hints implements ProviderListener, AutoCloseable {
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("hint-", 0).factory());
    private volatile Consumer<Set<SecretRef>> changed = _ -> {};
    private volatile Consumer<ProviderState> state = _ -> {};

    void tell(Consumer<Set<SecretRef>> changedTo, Consumer<ProviderState> stateTo) {
        changed = changedTo;
        state = stateTo;
    }

    @Override
    public void mayHaveChanged(Set<SecretRef> refs) {
        threads.execute(() -> changed.accept(refs));
    }

    @Override
    public void stateChanged(ProviderState now) {
        threads.execute(() -> state.accept(now));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
