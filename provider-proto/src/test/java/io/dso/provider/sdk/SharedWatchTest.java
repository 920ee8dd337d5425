package io.dso.provider.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.sdk.StoreFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedWatchTest {
    private static final SecretName A = new SecretName("a", "");
    private static final SecretName B = new SecretName("b", "");
    private static final SecretName MEANINGLESS = new SecretName("?", "");

    private final Scripted queue = new Scripted();
    private final SharedWatch<String> shared = new SharedWatch<>(queue);

    @AfterEach
    void close() {
        shared.close();
    }

    private static String meaning(SecretName name) throws StoreException {
        if (name.equals(MEANINGLESS)) {
            throw StoreException.invalid("it means nothing");
        }
        return name.path();
    }

    /** A queue whose messages are the meanings that they are about; {@code throttled} and {@code bug} fail. */
    private static final class Scripted implements SharedWatch.Queue<String> {
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final AtomicInteger readers = new AtomicInteger();
        private volatile boolean closed;
        private volatile String shut = "";

        @Override
        public void drop() throws StoreException {
            if (!shut.isEmpty()) {
                throw StoreException.notFound(shut);
            }
            readers.incrementAndGet();
            messages.clear();
        }

        @Override
        public void read(Consumer<Predicate<String>> events) throws StoreException, InterruptedException {
            var message = messages.take();
            switch (message) {
                case "throttled" -> throw StoreException.throttled("too many", Duration.ofSeconds(7));
                case "bug" -> throw new IllegalStateException("p$w");
                default -> events.accept(message::equals);
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** What a watch tells, as words. */
    private final class Watching implements Changes {
        private final BlockingQueue<Object> said = new LinkedBlockingQueue<>();
        private final CompletableFuture<StoreFailure> end = new CompletableFuture<>();
        private final Thread thread;

        Watching(SecretName... names) {
            thread = Thread.ofVirtual().start(() -> watch(List.of(names)));
        }

        private void watch(List<SecretName> names) {
            try {
                shared.watch(names, SharedWatchTest::meaning, this);
            } catch (StoreException e) {
                end.complete(e.failure());
            } catch (InterruptedException e) {
                end.cancel(false);
            }
        }

        @Override
        public void armed() {
            said.add("armed");
        }

        @Override
        public void changed(Collection<SecretName> names) {
            said.add(List.copyOf(names));
        }

        Object next() throws InterruptedException {
            return String.valueOf(said.poll(20, TimeUnit.SECONDS));
        }

        StoreFailure end() throws Exception {
            return end.get(20, TimeUnit.SECONDS);
        }

        void leave() throws InterruptedException {
            thread.interrupt();
            thread.join();
        }
    }

    @Test
    void all_watches_hear_what_one_reader_reads_and_each_what_it_asked_for() throws Exception {
        queue.messages.add("a");
        var first = new Watching(A, MEANINGLESS, B);
        assertThat(first.next()).as("what came before is dropped").isEqualTo("armed");
        var second = new Watching(B);
        assertThat(second.next()).isEqualTo("armed");

        queue.messages.addAll(List.of("c", "a", "b"));

        assertThat(first.next()).isEqualTo(List.of(A).toString());
        assertThat(first.next()).isEqualTo(List.of(B).toString());
        assertThat(second.next()).isEqualTo(List.of(B).toString());
        assertThat(queue.readers).hasValue(1);
    }

    @Test
    void who_leaves_takes_nothing_from_the_others_and_the_reader_reads_on_for_the_next() throws Exception {
        var first = new Watching(A);
        assertThat(first.next()).isEqualTo("armed");
        first.leave();
        var second = new Watching(A);
        assertThat(second.next()).isEqualTo("armed");

        queue.messages.add("a");

        assertThat(second.next()).isEqualTo(List.of(A).toString());
        assertThat(first.said).isEmpty();
        assertThat(queue.readers).hasValue(1);
    }

    @Test
    void a_failure_ends_all_watches_with_its_reason_and_the_next_one_reads_again() throws Exception {
        var failed = new ArrayList<Watching>();
        for (int i = 0; i < 2; i++) {
            failed.add(new Watching(A));
            assertThat(failed.getLast().next()).isEqualTo("armed");
        }
        queue.messages.add("throttled");
        for (var watch : failed) {
            assertThat(watch.end()).isEqualTo(new StoreFailure(Kind.THROTTLED, "too many", Duration.ofSeconds(7)));
        }

        var again = new Watching(A);
        assertThat(again.next()).isEqualTo("armed");
        queue.messages.add("bug");
        assertThat(again.end())
                .isEqualTo(new StoreFailure(Kind.UNAVAILABLE, "the queue can't be read: IllegalStateException"));
        assertThat(queue.readers).hasValue(2);
    }

    @Test
    void the_log_says_why_there_is_no_push_once_for_each_reason_and_time() throws Exception {
        var logger = Logger.getLogger(SharedWatch.class.getName());
        var said = new LinkedBlockingQueue<String>();
        var handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                said.add(entry.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            queue.shut = "no such queue";
            for (int i = 0; i < 3; i++) {
                new Watching(A).end();
            }
            assertThat(said).containsExactly("polls alone find changes for now: no such queue");
            queue.shut = "denied";
            new Watching(A).end();
            queue.shut = "";
            var watch = new Watching(A);
            watch.next();
            queue.messages.add("throttled");
            watch.end();
            assertThat(said).hasSize(3).last().asString().endsWith(": too many");
            watch = new Watching(A);
            watch.next();
            queue.messages.add("bug");
            watch.end();
            assertThat(said).hasSize(4).last().asString().endsWith(": the queue can't be read: IllegalStateException");
        } finally {
            logger.removeHandler(handler);
        }
    }

    @Test
    void closing_ends_what_waits() throws Exception {
        var watch = new Watching(A);
        assertThat(watch.next()).isEqualTo("armed");

        shared.close();

        assertThat(watch.end().kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(queue.closed).isTrue();
    }
}
