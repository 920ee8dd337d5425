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
import java.util.stream.IntStream;
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

    @Test
    void a_thousand_secrets_that_do_not_change_cost_a_question_a_poll_and_no_value() {
        var thousand = IntStream.range(0, 1000)
                .mapToObj(i -> new SecretRef("local", "s" + i, ""))
                .toList();
        thousand.forEach(ref -> stores.set(ref, "a"));
        var watch = watch(stores);

        for (int poll = 0; poll < 120; poll++) { // an hour of polls every 30 s
            clock.pass(Duration.ofSeconds(30));
            watch.look(thousand);
        }

        assertThat(stores.questions).hasValue(120);
        assertThat(stores.fetched).isEmpty();
        assertThat(hints).containsExactly(Set.copyOf(thousand));
    }

    @Test
    void a_store_that_throttles_is_asked_less_and_less_and_gradually_more_again() {
        stores.set(ONE, "a");
        stores.throttle(Duration.ZERO);
        var watch = watch(stores);

        var asked = questionsInTenMinutes(watch);
        assertThat(asked).as("of 600 polls").isBetween(5, 12);
        assertThat(questionsInTenMinutes(watch)).isLessThanOrEqualTo(3); // the longest pause is 4 minutes at least

        stores.answer();
        clock.pass(Duration.ofMinutes(15));
        assertThat(questionsInTenMinutes(watch)).isEqualTo(600);
    }

    private int questionsInTenMinutes(StoreWatch watch) {
        int before = stores.questions.get();
        for (int second = 0; second < 600; second++) {
            clock.pass(Duration.ofSeconds(1));
            watch.look(List.of(ONE));
        }
        return stores.questions.get() - before;
    }

    @Test
    void a_store_is_left_alone_for_as_long_as_it_says_but_a_start_asks_at_once() {
        stores.set(ONE, "a");
        stores.throttle(Duration.ofMinutes(5));
        var watch = watch(stores);
        watch.look(List.of(ONE));

        clock.pass(Duration.ofSeconds(299));
        watch.look(List.of(ONE));
        assertThat(stores.questions).hasValue(1);

        stores.answer();
        assertThat(watch.look(List.of(ONE), Deadline.after(Duration.ofSeconds(10), clock)))
                .containsEntry(ONE, Answer.got(new VersionId("s1")));
        clock.pass(Duration.ofSeconds(2));
        watch.look(List.of(ONE));
        assertThat(stores.questions).hasValue(3);
    }

    @Test
    void one_that_throttles_leaves_polls_of_others_alone() {
        var other = new SecretRef("vault", "three", "");
        stores.set(ONE, "a");
        stores.throttle(Duration.ofMinutes(5));
        var watch = watch(stores);
        watch.look(List.of(ONE));
        stores.answer();
        stores.set(other, "c");

        watch.look(List.of(ONE, other));

        assertThat(hints).containsExactly(Set.of(other));
    }

    @Test
    void a_hundred_hints_that_come_during_a_question_are_one_more_and_a_start_does_not_wait_for_them()
            throws Exception {
        stores.set(ONE, "a");
        var slow = new SlowOnce();
        var watch = watch(slow);
        var hinted = new ArrayList<CompletableFuture<Void>>();
        hinted.add(CompletableFuture.runAsync(() -> watch.look(List.of(ONE)), Thread::startVirtualThread));
        assertThat(slow.asked.await(30, TimeUnit.SECONDS)).isTrue();
        var waiting = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            hinted.add(CompletableFuture.runAsync(
                    () -> {
                        waiting.countDown();
                        watch.look(List.of(ONE));
                    },
                    Thread::startVirtualThread));
        }
        assertThat(waiting.await(30, TimeUnit.SECONDS)).isTrue();

        assertThat(watch.look(List.of(ONE), Deadline.after(Duration.ofSeconds(10), clock)))
                .as("a start, while a poll is unanswered")
                .containsEntry(ONE, Answer.got(new VersionId("s1")));
        slow.answer.countDown();

        CompletableFuture.allOf(hinted.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
        assertThat(stores.questions.get())
                .as("the first, the start's, and a few for the hundred")
                .isBetween(3, 20);
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
