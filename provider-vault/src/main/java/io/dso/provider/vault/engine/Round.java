package io.dso.provider.vault.engine;

import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.sdk.VersionAnswer;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * One round of questions for versions. A failure of the store as a whole answers all that is left of it, so that a dead
 * server is asked once and not a thousand times. Thread-safe.
 */
public final class Round {
    private static final int AT_ONCE = 8;
    private static final Set<StoreFailure.Kind> OF_ALL =
            Set.of(StoreFailure.Kind.UNAVAILABLE, StoreFailure.Kind.UNAUTHENTICATED, StoreFailure.Kind.THROTTLED);

    private volatile @Nullable StoreFailure failure;

    /** A question to the server. */
    public interface Question<T> {
        T ask() throws StoreException, InterruptedException;
    }

    /** Asks, unless the store already failed as a whole. */
    public <T> T ask(Question<T> question) throws StoreException, InterruptedException {
        var known = failure;
        if (known != null) {
            throw new StoreException(known);
        }
        try {
            return question.ask();
        } catch (StoreException e) {
            if (OF_ALL.contains(e.failure().kind())) {
                failure = e.failure();
            }
            throw e;
        }
    }

    /** The version of one path. */
    interface Lookup {
        String version(SecretPath path) throws StoreException, InterruptedException;
    }

    /** Asks for each path, some at the same time. */
    Map<SecretPath, VersionAnswer> each(Collection<SecretPath> paths, Lookup lookup) throws InterruptedException {
        var answers = new ConcurrentHashMap<SecretPath, VersionAnswer>();
        if (paths.isEmpty()) {
            return answers;
        }
        var rest = new ConcurrentLinkedQueue<>(paths);
        Callable<Void> worker = () -> {
            for (var path = rest.poll(); path != null; path = rest.poll()) {
                answers.put(path, answer(path, lookup));
            }
            return null;
        };
        var threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("look-", 0).factory());
        try {
            int workers = Math.min(AT_ONCE, paths.size());
            for (var done : threads.invokeAll(Collections.nCopies(workers, worker))) {
                done.get();
            }
            return answers;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a look failed", e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private VersionAnswer answer(SecretPath path, Lookup lookup) throws InterruptedException {
        try {
            return new VersionAnswer.Current(ask(() -> lookup.version(path)));
        } catch (StoreException e) {
            return new VersionAnswer.Failed(e.failure());
        }
    }
}
