package io.dso.agent.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.agent.provider.ProviderState;
import io.dso.agent.provider.Providers;
import io.dso.agent.record.Metrics;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Refusal;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.SecretValue;
import io.dso.agent.secret.VersionId;
import io.dso.agent.time.Deadline;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class FetcherTest {
    private static final SecretRef ONE = new SecretRef("local", "one", "");
    private static final SecretRef TWO = new SecretRef("local", "two", "");
    private static final SecretRef OTHER = new SecretRef("vault", "three", "");
    private static final VersionId FIRST = new VersionId("s1");

    private final FakeStores stores = new FakeStores();
    private final Deadline deadline = Deadline.after(Duration.ofSeconds(10), InstantSource.system());

    private static Fetcher fetcher(Providers providers) {
        return new Fetcher(providers, new Metrics(new SimpleMeterRegistry()));
    }

    @Test
    void each_provider_is_asked_once_and_each_secret_has_an_answer() {
        stores.set(ONE, "a");
        stores.set(OTHER, "c");

        var answers = fetcher(stores).versions(List.of(ONE, TWO, OTHER, ONE), deadline);

        assertThat(answers)
                .containsEntry(ONE, Answer.got(FIRST))
                .containsEntry(TWO, Answer.refused(new Refusal(Refusal.Kind.NOT_FOUND, "no secret local:two")))
                .containsEntry(OTHER, Answer.got(FIRST));
        assertThat(stores.questions).hasValue(2);
    }

    @Test
    void values_are_of_exactly_the_versions_asked_for() {
        stores.set(ONE, "old");
        stores.set(ONE, "new");

        switch (fetcher(stores).values(Map.of(ONE, FIRST), deadline)) {
            case Answer.Refused<Values>(var refusal) -> throw new AssertionError(refusal.why());
            case Answer.Got<Values>(var values) -> {
                try (values) {
                    assertThat(Objects.requireNonNull(values.byRef().get(ONE))
                                    .<String>use(bytes -> new String(bytes, StandardCharsets.UTF_8)))
                            .isEqualTo("old");
                    assertThat(values).hasToString("Values[local:one]");
                }
            }
        }
    }

    @Test
    void one_refusal_wipes_what_the_others_gave() {
        stores.set(ONE, "a");
        stores.set(TWO, "b");
        stores.forgetOld(TWO);
        stores.set(TWO, "c");
        stores.forgetOld(TWO);

        assertThat(fetcher(stores).values(Map.of(ONE, FIRST, TWO, FIRST), deadline))
                .isEqualTo(Answer.refused(new Refusal(Refusal.Kind.NOT_FOUND, "no version s1 of local:two")));

        assertThat(stores.handedOut).singleElement().satisfies(FetcherTest::isWiped);
    }

    private static void isWiped(SecretValue value) {
        assertThatThrownBy(() -> value.use(bytes -> bytes)).isInstanceOf(IllegalStateException.class);
    }

    /** A provider's side that breaks its contract. */
    private final class Liar implements Providers {
        @Override
        public List<Answer<VersionId>> versions(String provider, List<SecretRef> refs, Deadline until) {
            if (provider.equals("vault")) {
                throw new IllegalStateException("broken");
            }
            return stores.versions(provider, refs, until).subList(0, 1);
        }

        @Override
        public Answer<SecretValue> fetch(SecretRef ref, VersionId version, Deadline until) {
            if (ref.equals(TWO)) {
                throw new IllegalStateException("broken");
            }
            return stores.fetch(ref, version, until);
        }

        @Override
        public List<ProviderState> states() {
            return List.of();
        }
    }

    @Test
    void a_provider_that_answers_too_little_or_breaks_refuses_its_own_secrets_and_no_others() {
        stores.set(ONE, "a");
        stores.set(OTHER, "c");
        stores.set(TWO, "b");
        var nonsense = new Refusal(Refusal.Kind.UNAVAILABLE, "provider vault didn't answer as it should");

        var answers = fetcher(new Liar()).versions(List.of(ONE, OTHER), deadline);
        assertThat(answers).containsEntry(ONE, Answer.got(FIRST)).containsEntry(OTHER, Answer.refused(nonsense));
        assertThat(fetcher(new Liar()).versions(List.of(ONE, TWO), deadline).values())
                .allSatisfy(answer -> assertThat(answer).isInstanceOf(Answer.Refused.class));

        assertThat(fetcher(new Liar()).values(Map.of(ONE, FIRST, TWO, FIRST), deadline))
                .isInstanceOf(Answer.Refused.class);
        assertThat(stores.handedOut).allSatisfy(FetcherTest::isWiped);
    }

    /** Lets nobody's value through until it is told to. */
    private final class Gate implements Providers {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        @Override
        public List<Answer<VersionId>> versions(String provider, List<SecretRef> refs, Deadline deadline) {
            return stores.versions(provider, refs, deadline);
        }

        @Override
        public Answer<SecretValue> fetch(SecretRef ref, VersionId version, Deadline deadline) {
            asked.countDown();
            try {
                assertThat(open.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return stores.fetch(ref, version, deadline);
        }

        @Override
        public List<ProviderState> states() {
            return List.of();
        }
    }

    private static String text(Answer<Values> answer) {
        try (var values = ((Answer.Got<Values>) answer).value()) {
            return Objects.requireNonNull(values.byRef().get(ONE))
                    .<String>use(bytes -> new String(bytes, StandardCharsets.UTF_8));
        }
    }

    @Test
    void twenty_starts_that_want_one_value_read_it_once_and_each_has_a_copy_of_its_own() throws Exception {
        stores.set(ONE, "a");
        var gate = new Gate();
        var fetcher = fetcher(gate);
        var arrived = new CountDownLatch(20);
        List<CompletableFuture<Answer<Values>>> starts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            starts.add(CompletableFuture.supplyAsync(
                    () -> {
                        arrived.countDown();
                        return fetcher.values(Map.of(ONE, FIRST), deadline);
                    },
                    Thread::startVirtualThread));
        }
        assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(gate.asked.await(30, TimeUnit.SECONDS)).isTrue();
        await(() -> fetcher.waiting(ONE, FIRST) == 19);
        gate.open.countDown();

        for (var start : starts) {
            assertThat(text(start.get(30, TimeUnit.SECONDS))).isEqualTo("a"); // and closes it, which wipes no other's
        }
        assertThat(stores.fetched).hasSize(1);
        assertThat(text(fetcher.values(Map.of(ONE, FIRST), deadline)))
                .as("nothing is kept")
                .isEqualTo("a");
        assertThat(stores.fetched).hasSize(2);
    }

    @Test
    void who_joins_a_flight_that_fails_asks_itself_and_who_has_no_time_left_is_refused() throws Exception {
        stores.set(ONE, "a");
        var gate = new Gate();
        var fetcher = fetcher(gate);
        stores.refuse(Refusal.Kind.UNAVAILABLE, "away");
        var first = CompletableFuture.supplyAsync(
                () -> fetcher.values(Map.of(ONE, FIRST), deadline), Thread::startVirtualThread);
        assertThat(gate.asked.await(30, TimeUnit.SECONDS)).isTrue();
        var late = fetcher.values(Map.of(ONE, FIRST), Deadline.after(Duration.ofMillis(50), InstantSource.system()));
        var joined = CompletableFuture.supplyAsync(
                () -> fetcher.values(Map.of(ONE, FIRST), deadline), Thread::startVirtualThread);
        await(() -> fetcher.waiting(ONE, FIRST) == 2);
        gate.open.countDown();

        assertThat(first.get(30, TimeUnit.SECONDS)).isInstanceOf(Answer.Refused.class);
        assertThat(joined.get(30, TimeUnit.SECONDS)).isInstanceOf(Answer.Refused.class);
        assertThat(late).isInstanceOf(Answer.Refused.class);
        stores.answer();
        assertThat(text(fetcher.values(Map.of(ONE, FIRST), deadline))).isEqualTo("a");
    }

    private static void await(BooleanSupplier condition) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within 30 s").isLessThan(until);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
