package io.dso.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.fetch.FakeStores;
import io.dso.agent.fetch.Fetcher;
import io.dso.agent.provider.ProviderState;
import io.dso.agent.provider.Providers;
import io.dso.agent.record.Metrics;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Refusal;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.SecretValue;
import io.dso.agent.secret.VersionId;
import io.dso.agent.time.Deadline;
import io.dso.agent.time.TestClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class StoreWatchTest {
    private static final SecretRef ONE = new SecretRef("local", "one", "");
    private static final SecretRef TWO = new SecretRef("local", "two", "");

    private final TestClock clock = new TestClock();
    private final FakeStores stores = new FakeStores();
    private final List<Set<SecretRef>> hints = new ArrayList<>();

    private StoreWatch watch(Providers providers) {
        var metrics = new Metrics(new SimpleMeterRegistry());
        return new StoreWatch(new Fetcher(providers, metrics), new VersionBoard(clock), metrics, clock, hints::add);
    }

    @Test
    void only_another_version_is_hinted_at_and_no_value_is_read() {
        stores.set(ONE, "a");
        stores.set(TWO, "b");
        var watch = watch(stores);

        watch.look(List.of(ONE, TWO));
        watch.look(List.of(ONE, TWO));
        stores.set(TWO, "c");
        watch.look(List.of(ONE, TWO));
        stores.refuse(Refusal.Kind.UNAVAILABLE, "away");
        watch.look(List.of(ONE, TWO));

        assertThat(hints).containsExactly(Set.of(ONE, TWO), Set.of(TWO));
        assertThat(stores.fetched).isEmpty();
    }

    @Test
    void nothing_to_ask_is_not_asked() {
        watch(stores).look(List.of());

        assertThat(stores.questions).hasValue(0);
    }

    /** Answers the first question when it is told to, with what was true when it was asked. */
    private final class SlowOnce implements Providers {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch answer = new CountDownLatch(1);
        private final AtomicBoolean first = new AtomicBoolean(true);

        @Override
        public List<Answer<VersionId>> versions(String provider, List<SecretRef> refs, Deadline deadline) {
            var answers = stores.versions(provider, refs, deadline);
            if (first.getAndSet(false)) {
                asked.countDown();
                try {
                    assertThat(answer.await(30, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            return answers;
        }

        @Override
        public Answer<SecretValue> fetch(SecretRef ref, VersionId version, Deadline deadline) {
            return stores.fetch(ref, version, deadline);
        }

        @Override
        public List<ProviderState> states() {
            return List.of();
        }
    }

    @Test
    void who_waited_for_an_answer_that_was_overtaken_gets_the_newer_one() throws Exception {
        stores.set(ONE, "old");
        var slow = new SlowOnce();
        var watch = watch(slow);
        var deadline = Deadline.after(Duration.ofSeconds(10), clock);
        var waiting = CompletableFuture.supplyAsync(() -> watch.look(List.of(ONE), deadline));
        assertThat(slow.asked.await(30, TimeUnit.SECONDS)).isTrue();
        stores.set(ONE, "new");
        watch.look(List.of(ONE), deadline);

        slow.answer.countDown();

        assertThat(waiting.get(30, TimeUnit.SECONDS)).containsEntry(ONE, Answer.got(new VersionId("s2")));
        assertThat(hints).containsExactly(Set.of(ONE));
    }
}
