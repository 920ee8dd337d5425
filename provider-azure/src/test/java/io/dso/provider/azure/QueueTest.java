package io.dso.provider.azure;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static io.dso.provider.azure.FakeVault.name;
import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreFailure.Kind;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against Azurite, with tokens over TLS. A test has a queue of its own. */
class QueueTest {
    private static final String OTHER_VAULT = "shop2";

    @TempDir
    static Path shared;

    @TempDir
    Path directory;

    private static Azurite azurite;
    private final FakeVault vault = new FakeVault();
    private String queue;
    private AzureStore store;

    @BeforeAll
    static void startServer() throws Exception {
        azurite = Azurite.launch(shared).start();
    }

    @AfterAll
    static void stopServer() {
        if (azurite != null) {
            azurite.close();
        }
    }

    @BeforeEach
    void open() throws Exception {
        queue = "events-" + System.nanoTime();
        store = open(azurite.make(queue));
    }

    private AzureStore open(String address) throws Exception {
        return vault.watching(directory, address, ", \"ca-file\": \"" + azurite.authority() + "\"");
    }

    @AfterEach
    void close() {
        store.close();
        vault.close();
    }

    private Watching watch(String... paths) throws InterruptedException {
        return new Watching(store, List.of(paths).stream().map(FakeVault::name).toList()).awaitArmed();
    }

    private static void awaitEmpty(String queue) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (azurite.messages(queue) > 0) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @Test
    void an_event_names_what_changed_to_all_who_watch_it_and_is_gone() throws Exception {
        var member = new SecretName("db", "password");
        try (var first = new Watching(store, List.of(name("DB"), member, name("other"), name("db?version=aa")));
                var second = new Watching(store, List.of(name("cert:db")))) {
            first.awaitArmed();
            second.awaitArmed();
            azurite.putEvent(queue, FakeVault.NAME, "Db");

            assertThat(first.next()).containsExactlyInAnyOrder(name("DB"), member, name("db?version=aa"));
            assertThat(second.next()).containsExactly(name("cert:db"));
            awaitEmpty(queue);
        }
    }

    @Test
    void what_is_no_news_of_this_vault_is_dropped_and_the_watch_goes_on() throws Exception {
        try (var watch = watch("db", "last")) {
            for (var text : List.of("by hand", "{", "[".repeat(10_000), "a&b<c>]]>\r\n", "e30=", "bm90IEpTT04=")) {
                azurite.put(queue, text);
            }
            azurite.putEvent(queue, OTHER_VAULT, "db");
            azurite.putEvent(queue, FakeVault.NAME, "unwatched");
            azurite.put(queue, Azurite.event(FakeVault.NAME, "db").replace("NewVersionCreated", "NearExpiry"));
            azurite.put(queue, Azurite.event(FakeVault.NAME, "last"));

            assertThat(watch.next()).containsExactly(name("last"));
            awaitEmpty(queue);
        }
    }

    @Test
    void more_events_than_fit_a_page_all_arrive_and_those_from_before_are_dropped() throws Exception {
        azurite.putEvent(queue, FakeVault.NAME, "before");
        var paths = IntStream.range(0, 2 * EventQueue.PAGE + 6)
                .mapToObj(i -> "s" + i)
                .toList();
        var names = paths.stream().map(FakeVault::name).toList();
        var watched = new HashSet<>(names);
        watched.add(name("before"));
        try (var watch = new Watching(store, List.copyOf(watched)).awaitArmed()) {
            for (var path : paths) {
                azurite.putEvent(queue, FakeVault.NAME, path);
            }

            assertThat(watch.next(paths.size())).containsExactlyInAnyOrderElementsOf(names);
            awaitEmpty(queue);
        }
    }

    @Test
    void a_queue_that_is_not_there_ends_the_watch_with_the_reason() throws Exception {
        try (var elsewhere = open(azurite.address("none"));
                var watch = new Watching(elsewhere, List.of(name("db")))) {
            assertThat(watch.end().kind()).isEqualTo(Kind.NOT_FOUND);
            assertThat(watch.end().why()).isEqualTo("there is no queue " + azurite.address("none"));
        }
    }

    @Test
    void a_token_for_something_else_is_refused() throws Exception {
        vault.server.stubFor(
                post(anyUrl()).willReturn(okJson(FakeVault.token(Azurite.token("https://vault.azure.net")))));
        try (var watch = new Watching(store, List.of(name("db")))) {
            assertThat(watch.end().kind()).isEqualTo(Kind.UNAUTHENTICATED);
        }
    }

    @Test
    void a_server_that_stops_ends_the_watch_and_is_watched_again_when_it_is_back() throws Exception {
        try (var watch = watch("db")) {
            azurite.stop();
            assertThat(watch.end().kind()).isEqualTo(Kind.UNAVAILABLE);
        }
        azurite.start();
        azurite.make(queue);
        try (var watch = watch("db")) {
            azurite.putEvent(queue, FakeVault.NAME, "db");
            assertThat(watch.next()).containsExactly(name("db"));
        }
    }
}
