package io.dso.agent.provider;

import static io.dso.agent.provider.Recorder.await;
import static io.dso.agent.provider.Recorder.awaitPhase;
import static io.dso.agent.provider.Recorder.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.dso.agent.bundle.ProviderSpec;
import io.dso.agent.provider.ProviderState.Phase;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Refusal;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.SecretValue;
import io.dso.agent.secret.VersionId;
import io.dso.agent.time.Deadline;
import io.dso.provider.v1.Error;
import io.dso.provider.v1.FetchResponse;
import io.dso.provider.v1.GetVersionsResponse;
import io.dso.provider.v1.VersionResult;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls to a provider that somebody else started, which answers properly or doesn't. */
class ProviderCallsTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final SecretRef REF = new SecretRef("fake", "db", "password");
    private static final VersionId V7 = new VersionId("7");
    private static final Patience PATIENCE = new Patience(
            Duration.ofSeconds(20),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofMillis(10),
            Duration.ofMillis(100),
            Duration.ofMillis(100),
            3,
            4);

    private final Recorder recorder = new Recorder();
    private final FakeProvider fake;
    private final SupervisedProviders providers;
    private final Path directory;

    ProviderCallsTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        fake = new FakeProvider(directory.resolve("fake.sock"));
        providers = new SupervisedProviders(directory, CLOCK, recorder, PATIENCE);
    }

    @BeforeEach
    void connect() {
        providers.apply(Map.of("fake", spec("fake", Duration.ofSeconds(20))));
        awaitPhase(providers, "fake", Phase.READY);
    }

    @AfterEach
    void stop() throws IOException {
        providers.close();
        fake.close();
    }

    private ProviderSpec spec(String name, Duration deadline) {
        return new ProviderSpec(
                name,
                "fake",
                "{}",
                Duration.ofSeconds(1),
                deadline,
                new ProviderSpec.Launch.Socket(directory.resolve(name + ".sock")));
    }

    private static Deadline in(Duration budget) {
        return Deadline.after(budget, CLOCK);
    }

    private static Deadline soon() {
        return in(Duration.ofSeconds(20));
    }

    private Refusal refusedFetch() {
        return refused(providers.fetch(REF, V7, soon()));
    }

    private static <T> Refusal refused(Answer<T> answer) {
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return ((Answer.Refused<T>) answer).refusal();
    }

    private static <T> T got(Answer<T> answer) {
        assertThat(answer).isInstanceOf(Answer.Got.class);
        return ((Answer.Got<T>) answer).value();
    }

    @Test
    void a_value_comes_through_byte_for_byte() {
        try (SecretValue value = got(providers.fetch(REF, V7, soon()))) {
            assertThat(value.<byte[]>use(byte[]::clone)).isEqualTo(FakeProvider.ODD);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, SecretValue.MAX_BYTES})
    void values_of_every_allowed_size_come_through(int size) {
        fake.fetch = (request, caller) -> {
            caller.onNext(FetchResponse.newBuilder()
                    .setVersion("7")
                    .setValue(ByteString.copyFrom(new byte[size]))
                    .build());
            caller.onCompleted();
        };

        try (SecretValue value = got(providers.fetch(REF, V7, soon()))) {
            assertThat(value.length()).isEqualTo(size);
        }
    }

    @Test
    void versions_come_in_the_order_asked_also_for_repeats_and_for_more_than_one_call_holds() {
        var refs = new ArrayList<SecretRef>();
        IntStream.range(0, 2500).forEach(i -> refs.add(new SecretRef("fake", "s" + i, "")));
        refs.add(refs.getFirst());

        var answers = providers.versions("fake", refs, soon());

        assertThat(answers).hasSize(2501);
        assertThat(got(answers.get(2499)).text()).isEqualTo("v-s2499");
        assertThat(got(answers.get(2500)).text()).isEqualTo("v-s0");
        assertThat(fake.batches).containsExactly(1000, 1000, 500);
    }

    @Test
    void an_unknown_provider_is_an_answer_too() {
        var answer = providers.versions("nobody", List.of(new SecretRef("nobody", "x", "")), soon());

        assertThat(refused(answer.getFirst()).kind()).isEqualTo(Refusal.Kind.INVALID);
        assertThat(refused(answer.getFirst()).why()).isEqualTo("nobody:x: no provider is named nobody");
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_FOUND, NOT_FOUND, fake:db#password: because",
        "PERMISSION_DENIED, DENIED, fake:db#password: because",
        "UNAUTHENTICATED, UNAUTHENTICATED, fake:db#password: because",
        "RESOURCE_EXHAUSTED, THROTTLED, fake:db#password: because",
        "INVALID_ARGUMENT, INVALID, fake:db#password: because",
        "UNAVAILABLE, UNAVAILABLE, provider fake is unavailable: because",
        "INTERNAL, UNAVAILABLE, provider fake is unavailable: it answered nonsense (INTERNAL: because)",
    })
    void the_providers_failures_are_told_apart(Status.Code code, Refusal.Kind kind, String why) {
        fake.fetch = (request, caller) ->
                caller.onError(code.toStatus().withDescription("because").asRuntimeException());

        var refusal = refusedFetch();

        assertThat(refusal.kind()).isEqualTo(kind);
        assertThat(refusal.why()).isEqualTo(why);
    }

    @Test
    void a_throttled_call_says_when_to_come_back() {
        var trailers = new Metadata();
        trailers.put(Metadata.Key.of("dso-retry-after-ms", Metadata.ASCII_STRING_MARSHALLER), "1500");
        fake.fetch = (request, caller) -> caller.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException(trailers));

        assertThat(refusedFetch().retryAfter()).hasMillis(1500);
    }

    @Test
    void one_secret_that_fails_takes_no_other_with_it() {
        fake.versions = request -> GetVersionsResponse.newBuilder()
                .addResults(VersionResult.newBuilder().setVersion(" "))
                .addResults(VersionResult.newBuilder()
                        .setError(Error.newBuilder()
                                .setCode(Error.Code.CODE_DENIED)
                                .setMessage("not yours\u001b[31m\n")))
                .addResults(VersionResult.getDefaultInstance())
                .addResults(VersionResult.newBuilder().setVersion("4"))
                .build();
        var refs = IntStream.range(0, 4)
                .mapToObj(i -> new SecretRef("fake", "s" + i, ""))
                .toList();

        var answers = providers.versions("fake", refs, soon());

        assertThat(refused(answers.get(0)).why()).contains("a version of 1 characters");
        assertThat(refused(answers.get(1)).why()).isEqualTo("fake:s1: not yours [31m");
        assertThat(refused(answers.get(2)).why()).contains("neither a version nor an error");
        assertThat(got(answers.get(3)).text()).isEqualTo("4");
    }

    @Test
    void a_wrong_number_of_versions_is_refused() {
        fake.versions = request -> GetVersionsResponse.getDefaultInstance();

        assertThat(refused(providers.versions("fake", List.of(REF), soon()).getFirst())
                        .why())
                .isEqualTo("provider fake is unavailable: it answered 0 versions when asked for 1");
    }

    @Test
    void the_value_of_another_version_is_refused() {
        fake.fetch = (request, caller) -> {
            caller.onNext(FetchResponse.newBuilder().setVersion("8").build());
            caller.onCompleted();
        };

        assertThat(refusedFetch().why())
                .isEqualTo("provider fake is unavailable: it answered another version than the one asked for");
    }

    @Test
    void a_value_over_the_limit_is_refused() {
        fake.fetch = (request, caller) -> {
            caller.onNext(FetchResponse.newBuilder()
                    .setVersion("7")
                    .setValue(ByteString.copyFrom(new byte[SecretValue.MAX_BYTES + 1]))
                    .build());
            caller.onCompleted();
        };

        assertThat(refusedFetch().why()).contains("a value of 1048577 bytes, the most is 1048576");
    }

    @Test
    void an_answer_of_10_MiB_is_not_even_read() {
        fake.fetch = (request, caller) -> {
            caller.onNext(FetchResponse.newBuilder()
                    .setVersion("7")
                    .setValue(ByteString.copyFrom(new byte[10 << 20]))
                    .build());
            caller.onCompleted();
        };

        assertThat(refusedFetch().why()).isEqualTo("provider fake is unavailable: it answered with more than 4 MiB");
    }

    @Test
    void a_call_ends_at_its_callers_deadline() {
        fake.fetch = (request, caller) -> {};

        assertThat(refused(providers.fetch(REF, V7, in(Duration.ofMillis(200)))).why())
                .matches("provider fake is unavailable: no answer within (1[5-9]\\d|200) ms");
    }

    @Test
    void a_call_ends_at_the_providers_own_deadline_if_that_is_earlier() {
        providers.apply(Map.of("fake", spec("fake", Duration.ofMillis(150))));
        fake.fetch = (request, caller) -> {};

        assertThat(refusedFetch().why()).contains("no answer within 1");
        assertThat(fake.describes).as("a new deadline needs no new connection").hasValue(1);
    }

    @Test
    void a_deadline_that_passed_already_asks_nobody() {
        assertThat(refused(providers.fetch(REF, V7, in(Duration.ZERO))).why())
                .startsWith("provider fake is unavailable: ");
    }

    @Test
    void three_bad_answers_in_a_row_open_the_circuit_and_it_closes_by_itself() {
        fake.fetch = (request, caller) -> caller.onError(Status.DATA_LOSS.asRuntimeException());

        for (int i = 0; i < 3; i++) {
            refusedFetch();
        }

        await("the circuit opened", () -> recorder.states.stream().anyMatch(state -> state.phase() == Phase.FAILED));
        assertThat(recorder.states)
                .filteredOn(state -> state.phase() == Phase.FAILED)
                .first()
                .satisfies(state -> assertThat(state.reason()).startsWith("3 bad answers in a row, the last one: "));
        awaitPhase(providers, "fake", Phase.READY);
        assertThat(fake.describes.get()).isGreaterThan(1);
    }

    @Test
    void good_answers_in_between_keep_the_circuit_closed() {
        var good = fake.fetch;
        for (int i = 0; i < 5; i++) {
            fake.fetch = (request, caller) -> caller.onError(Status.DATA_LOSS.asRuntimeException());
            refusedFetch();
            fake.fetch = good;
            got(providers.fetch(REF, V7, soon())).close();
        }

        assertThat(recorder.states).extracting(ProviderState::phase).containsOnly(Phase.READY);
    }

    @Test
    void a_slow_provider_holds_a_bounded_number_of_calls_and_delays_no_other() throws Exception {
        var asked = new AtomicInteger();
        fake.fetch = (request, caller) -> asked.incrementAndGet();
        try (var second = new FakeProvider(directory.resolve("second.sock"));
                var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            providers.apply(Map.of(
                    "fake", spec("fake", Duration.ofSeconds(2)), "second", spec("second", Duration.ofSeconds(20))));
            Callable<Answer<SecretValue>> slow = () -> providers.fetch(REF, V7, soon());
            var calls = Collections.nCopies(4, slow).stream().map(tasks::submit).toList();
            await("four calls are under way", () -> asked.get() == 4);

            assertThat(refused(providers.fetch(REF, V7, in(Duration.ofMillis(50))))
                            .why())
                    .isEqualTo("provider fake is unavailable: 4 calls are under way already, none ended in time");
            got(providers.fetch(new SecretRef("second", "db", ""), V7, soon())).close();

            for (var call : calls) {
                assertThat(refused(call.get()).why()).contains("no answer within");
            }
            assertThat(second.describes).hasPositiveValue();
        }
    }

    @Test
    void a_change_of_the_configuration_reconnects_and_removal_disconnects() {
        var changed = new ProviderSpec(
                "fake",
                "fake",
                "{\"a\": 1}",
                Duration.ofSeconds(1),
                Duration.ofSeconds(20),
                new ProviderSpec.Launch.Socket(directory.resolve("fake.sock")));

        providers.apply(Map.of("fake", changed));
        awaitPhase(providers, "fake", Phase.READY);
        assertThat(fake.describes).hasValue(2);

        providers.apply(Map.of());
        assertThat(providers.states()).isEmpty();
        assertThat(refusedFetch().kind()).isEqualTo(Refusal.Kind.INVALID);
    }

    @Test
    void a_call_under_way_finishes_before_its_provider_is_stopped() throws Exception {
        var asked = new CountDownLatch(1);
        var answer = new CountDownLatch(1);
        var good = fake.fetch;
        fake.fetch = (request, caller) -> {
            asked.countDown();
            awaitOrFail(answer);
            good.accept(request, caller);
        };
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var call = tasks.submit(() -> providers.fetch(REF, V7, soon()));
            asked.await();
            var stop = tasks.submit(() -> providers.apply(Map.of()));
            await("it is being stopped", () -> providers.states().isEmpty());
            answer.countDown();

            got(call.get()).close();
            stop.get();
        }
    }

    private static void awaitOrFail(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_provider_that_goes_is_noticed_without_a_call_and_found_again() throws IOException {
        fake.close();
        await(
                "it is seen that nobody listens",
                () -> state(providers, "fake").reason().startsWith("nobody listens"));
        assertThat(refusedFetch().why())
                .startsWith("provider fake is unavailable: nobody listens on ")
                .contains("(since ");

        try (var back = new FakeProvider(directory.resolve("fake.sock"))) {
            awaitPhase(providers, "fake", Phase.READY);
            got(providers.fetch(REF, V7, soon())).close();
            assertThat(back.describes).hasPositiveValue();
        }
    }
}
