package io.dso.provider.vault.engine;

import io.dso.provider.sdk.Abreast;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.sdk.VersionAnswer;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One round of questions for versions. A failure of the store as a whole answers all that is left of it, so that a dead
 * server is asked once and not a thousand times. Thread-safe.
 */
public final class Round {
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
        return Abreast.ask(paths, path -> answer(path, lookup));
    }

    private VersionAnswer answer(SecretPath path, Lookup lookup) throws InterruptedException {
        try {
            return new VersionAnswer.Current(ask(() -> lookup.version(path)));
        } catch (StoreException e) {
            return new VersionAnswer.Failed(e.failure());
        }
    }
}
