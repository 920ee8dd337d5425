package io.dso.agent.provider;

import static io.dso.agent.provider.Recorder.await;
import static io.dso.agent.provider.Recorder.awaitPhase;
import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.ProviderSpec;
import io.dso.agent.provider.ProviderState.Phase;
import io.dso.agent.secret.SecretRef;
import io.dso.provider.v1.WatchResponse;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderWatchTest {
    private static final SecretRef A = new SecretRef("fake", "a", "");
    private static final SecretRef B = new SecretRef("fake", "b", "k");

    private final Recorder recorder = new Recorder();
    private final FakeProvider fake;
    private final SupervisedProviders providers;
    private final Path socket;

    ProviderWatchTest(@TempDir Path directory) throws IOException {
        socket = directory.resolve("fake.sock");
        fake = new FakeProvider(socket);
        providers = new SupervisedProviders(directory, InstantSource.system(), recorder);
        providers.apply(Map.of("fake", spec("{}")));
    }

    private ProviderSpec spec(String json) {
        return new ProviderSpec(
                "fake",
                "fake",
                json,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                new ProviderSpec.Launch.Socket(socket));
    }

    @AfterEach
    void stop() throws IOException {
        providers.close();
        fake.close();
    }

    private static WatchResponse change(SecretRef ref) {
        return WatchResponse.newBuilder().addChanged(Wire.ref(ref)).build();
    }

    @Test
    void an_armed_watch_reports_all_once_and_then_each_change() {
        providers.watch("fake", Set.of(A, B));
        await("the watch is armed", () -> !fake.watchers.isEmpty());

        fake.watchers.getFirst().onNext(change(B));

        await("the change is reported", () -> recorder.hints.size() == 2);
        assertThat(recorder.hints).containsExactly(Set.of(A, B), Set.of(B));
    }

    @Test
    void what_nobody_asked_for_is_dropped() {
        providers.watch("fake", Set.of(A));
        await("the watch is armed", () -> !fake.watchers.isEmpty());

        fake.watchers.getFirst().onNext(change(B));
        fake.watchers.getFirst().onNext(change(A));

        await("the change is reported", () -> recorder.hints.size() == 2);
        assertThat(recorder.hints).containsOnly(Set.of(A));
    }

    @Test
    void other_refs_replace_the_watch() {
        providers.watch("fake", Set.of(A));
        await("the watch is armed", () -> recorder.hints.size() == 1);

        providers.watch("fake", Set.of(B));

        await("the new watch is armed", () -> recorder.hints.size() == 2);
        assertThat(recorder.hints).containsExactly(Set.of(A), Set.of(B));
    }

    @Test
    void a_broken_watch_is_armed_again() {
        providers.watch("fake", Set.of(A));
        await("the watch is armed", () -> !fake.watchers.isEmpty());

        fake.watchers.getFirst().onError(Status.UNAVAILABLE.asRuntimeException());

        await("it is armed again", () -> recorder.hints.size() == 2);
    }

    @Test
    void a_watch_outlives_a_new_configuration() {
        providers.watch("fake", Set.of(A));
        await("the watch is armed", () -> recorder.hints.size() == 1);

        providers.apply(Map.of("fake", spec("{\"new\": true}")));

        await("it is armed again", () -> recorder.hints.size() == 2);
    }

    @Test
    void a_provider_without_push_is_left_in_peace() {
        fake.push = FakeProvider.Push.MISSING;
        providers.watch("fake", Set.of(A));

        await("it said so", () -> fake.watchers.size() == 1);
        awaitPhase(providers, "fake", Phase.READY);
        assertThat(recorder.hints).isEmpty();
        assertThat(fake.watchers).hasSize(1);
    }

    @Test
    void a_flood_of_reports_is_read_at_our_pace() {
        providers.watch("fake", Set.of(A));
        await("the watch is armed", () -> !fake.watchers.isEmpty());
        long before = System.nanoTime();

        for (int i = 0; i < 100; i++) {
            fake.watchers.getFirst().onNext(change(A));
        }

        await("all are read", () -> recorder.hints.size() == 101);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(450));
    }
}
