package io.dso.provider.sdk;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Watches that share one reader of a queue, where whatever is read is gone for everybody else. There is a reader while somebody
 * watches, and to the end of what it waits for then: a wait that somebody breaks off may take a message with it.
 *
 * @param <A> what a secret's name means to the store
 */
public final class SharedWatch<A> implements AutoCloseable {

    /** Where events are read. Called by one thread at a time, which is interrupted when the store is closed. */
    public interface Queue<A> extends AutoCloseable {
        /** Drops what is there. */
        void drop() throws StoreException, InterruptedException;

        /**
         * Waits for events, for some seconds at most, hands each of them on and only then has the queue forget them.
         *
         * @param events takes an event, as what tells whether it is about something
         */
        void read(Consumer<Predicate<A>> events) throws StoreException, InterruptedException;

        @Override
        default void close() {}
    }

    /** Says what a secret's name means. */
    @FunctionalInterface
    public interface Meaning<A> {
        /** @throws StoreException if it means nothing */
        A of(SecretName name) throws StoreException;
    }

    private static final Logger LOG = Logger.getLogger(SharedWatch.class.getName());

    private final Queue<A> queue;

    /** These four under this object's lock. */
    private final Set<Watch<A>> watches = new HashSet<>();

    private @Nullable Thread reader;
    private boolean armed;

    /** Why there is no push, as the log has it already; empty while there is. */
    private String told = "";

    /** One caller's watch, and why it ended. */
    private record Watch<A>(Map<SecretName, A> meanings, Changes changes, CompletableFuture<StoreException> end) {}

    public SharedWatch(Queue<A> queue) {
        this.queue = queue;
    }

    /**
     * Reports until interrupted, or until the queue fails.
     *
     * @param names what is watched; one without a meaning is left out, since whoever asks for its version is told
     */
    public void watch(Collection<SecretName> names, Meaning<A> meaning, Changes changes)
            throws StoreException, InterruptedException {
        var watch = new Watch<>(meanings(names, meaning), changes, new CompletableFuture<>());
        join(watch);
        try {
            throw watch.end().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a watch ends by a value", e);
        } finally {
            leave(watch);
        }
    }

    private static <A> Map<SecretName, A> meanings(Collection<SecretName> names, Meaning<A> meaning) {
        Map<SecretName, A> meanings = new LinkedHashMap<>();
        for (var name : names) {
            try {
                meanings.put(name, meaning.of(name));
            } catch (StoreException e) {
                // Left out.
            }
        }
        return meanings;
    }

    private synchronized void join(Watch<A> watch) {
        watches.add(watch);
        if (reader == null) {
            armed = false;
            reader = Thread.ofVirtual().name("queue").start(this::read);
        } else if (armed) {
            watch.changes().armed();
        }
    }

    private synchronized void leave(Watch<A> watch) {
        watches.remove(watch);
    }

    /** What came before the first answer of the queue is dropped: the agent looks anyway when it hears that it is armed. */
    private void read() {
        try {
            queue.drop();
            arm();
            while (isWatched()) {
                queue.read(this::report);
            }
        } catch (StoreException e) {
            fail(e);
        } catch (InterruptedException e) {
            end(StoreException.unavailable("the provider is stopping"));
        } catch (RuntimeException e) {
            fail(StoreException.unavailable(
                    "the queue can't be read: " + e.getClass().getSimpleName()));
        }
    }

    private synchronized void arm() {
        armed = true;
        told = "";
        watches.forEach(watch -> watch.changes().armed());
    }

    private synchronized boolean isWatched() {
        if (watches.isEmpty()) {
            reader = null;
        }
        return reader != null;
    }

    private synchronized void report(Predicate<A> event) {
        for (var watch : watches) {
            var changed = new LinkedHashSet<SecretName>();
            watch.meanings().forEach((name, meaning) -> {
                if (event.test(meaning)) {
                    changed.add(name);
                }
            });
            if (!changed.isEmpty()) {
                watch.changes().changed(changed);
            }
        }
    }

    /** Told once for each reason: polls go on, so that nobody would notice. */
    private synchronized void fail(StoreException why) {
        var reason = why.failure().why();
        if (!reason.equals(told)) {
            LOG.warning("polls alone find changes for now: " + reason);
            told = reason;
        }
        end(why);
    }

    private synchronized void end(StoreException why) {
        reader = null;
        watches.forEach(watch -> watch.end().complete(why));
    }

    /** Ends all watches, and closes the queue. */
    @Override
    public synchronized void close() {
        if (reader != null) {
            reader.interrupt();
        }
        queue.close();
    }
}
