package io.dso.provider.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.sdk.Changes;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A watch, and what it reported, until it is closed. */
final class Watching implements Changes, AutoCloseable {
    private final CountDownLatch armed = new CountDownLatch(1);
    private final BlockingQueue<Collection<SecretName>> changed = new LinkedBlockingQueue<>();
    private final CompletableFuture<StoreFailure> end = new CompletableFuture<>();
    private final Thread thread;

    Watching(AzureStore store, List<SecretName> names) {
        thread = Thread.ofVirtual().start(() -> {
            try {
                store.watch(names, this);
            } catch (StoreException e) {
                end.complete(e.failure());
            } catch (InterruptedException e) {
                end.cancel(false);
            }
        });
    }

    @Override
    public void armed() {
        armed.countDown();
    }

    @Override
    public void changed(Collection<SecretName> names) {
        changed.add(names);
    }

    Watching awaitArmed() throws InterruptedException {
        assertThat(armed.await(20, TimeUnit.SECONDS)).as("it was armed").isTrue();
        return this;
    }

    /** The next report. */
    Collection<SecretName> next() throws InterruptedException {
        var report = changed.poll(20, TimeUnit.SECONDS);
        assertThat(report).as("a report").isNotNull();
        return report == null ? Set.of() : report;
    }

    /** The names of so many different secrets, in as many reports as it takes. */
    Set<SecretName> next(int count) throws InterruptedException {
        var names = new HashSet<SecretName>();
        while (names.size() < count) {
            names.addAll(next());
        }
        return names;
    }

    /** Why it ended. */
    StoreFailure end() throws Exception {
        return end.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
