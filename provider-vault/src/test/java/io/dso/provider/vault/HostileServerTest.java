package io.dso.provider.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that redirects, throttles, hangs, lies, and says too much. */
class HostileServerTest {
    private static final String METADATA =
            "{'data':{'current_version':1,'versions':{'1':{'created_time':'2026-01-01T00:00:00Z','deletion_time':'','destroyed':false}}}}";
    private static final String VERSION = "1@2026-01-01T00:00:00Z";

    @TempDir
    Path directory;

    private Scripted server;
    private Store store;

    @BeforeEach
    void start() throws IOException {
        server = new Scripted().on("GET /kv/metadata/a", 200, METADATA);
        store = open(server);
    }

    private Store open(Scripted at) throws IOException {
        var token = directory.resolve("token");
        Files.writeString(token, "s.not-for-others\n");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        return Store.open("{'address':'%s','timeout':'500ms','auth':{'method':'token','token-file':'%s'}}"
                .formatted(at.address(), token));
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    @Test
    void the_token_never_follows_a_redirect() throws Exception {
        try (var other = new Scripted()) {
            for (int status : new int[] {301, 302, 303, 307, 308}) {
                server.on("GET /kv/metadata/a", exchange -> {
                    exchange.getResponseHeaders().set("Location", other.address() + "/v1/kv/metadata/a");
                    Scripted.send(exchange, status, "");
                });
                Store.fails(Kind.UNAVAILABLE, "never taken to another server", () -> store.version("kv/a"));
            }
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void throttling_is_passed_on_with_its_pause_and_ends_the_round() throws Exception {
        server.on("GET /kv/metadata/", exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "7");
            Scripted.send(exchange, 429, "{'errors':['request path quota exceeded']}");
        });
        server.on("GET /kv/metadata/a", exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "7");
            Scripted.send(exchange, 429, "");
        });
        assertThatThrownBy(() -> store.version("kv/a")).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.failure().kind()).isEqualTo(Kind.THROTTLED);
            assertThat(e.failure().retryAfter()).isEqualTo(Duration.ofSeconds(7));
        });
        int before = server.requests().size();
        var names = new String[100];
        java.util.Arrays.setAll(names, n -> "kv/f" + n + "/x");
        store.answers(names);
        assertThat(server.requests().size() - before)
                .as("calls of a round that is throttled")
                .isLessThanOrEqualTo(8);
    }

    @Test
    void a_server_with_too_much_to_do_says_for_how_long_and_one_out_of_service_does_not() {
        server.on("GET /kv/metadata/a", exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "3");
            Scripted.send(exchange, 503, "{'errors':['too busy']}");
        });
        assertThatThrownBy(() -> store.version("kv/a")).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.failure().kind()).isEqualTo(Kind.THROTTLED);
            assertThat(e.failure().retryAfter()).isEqualTo(Duration.ofSeconds(3));
        });

        server.on("GET /kv/metadata/a", 503, "");
        Store.fails(Kind.UNAVAILABLE, "not in service", () -> store.version("kv/a"));
    }

    @Test
    void a_server_that_hangs_is_unavailable_after_the_timeout() {
        var hang = new CountDownLatch(1);
        server.on("GET /kv/metadata/a", _ -> {
            try {
                hang.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Store.fails(Kind.UNAVAILABLE, "no answer within", () -> store.version("kv/a"));
        hang.countDown();
    }

    @Test
    void an_answer_that_is_cut_off_endless_or_no_json_is_a_failure_without_its_content() {
        server.on("GET /kv/metadata/a", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write("{\"secret-in-it".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            throw new IOException("cut");
        });
        Store.fails(Kind.UNAVAILABLE, "within its answer", () -> store.version("kv/a"));

        server.on("GET /kv/metadata/a", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(new byte[64 * 1024]);
            }
        });
        Store.fails(Kind.INVALID, "too long", () -> store.version("kv/a"));

        for (var garbage :
                new String[] {"secret-in-it", "[]", "{", "{'data':[]}", "{'data':{'current_version':'secret-in-it'}}"
                }) {
            server.on("GET /kv/metadata/a", 200, garbage);
            assertThatThrownBy(() -> store.version("kv/a"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageNotContaining("secret-in-it");
            server.on("GET /kv/data/a", 200, garbage);
            assertThatThrownBy(() -> store.fetch("kv/a#v", VERSION))
                    .isInstanceOf(StoreException.class)
                    .hasMessageNotContaining("secret-in-it");
        }
    }

    @Test
    void what_the_server_says_of_an_error_is_repeated_only_where_we_know_it() {
        server.on("GET /kv/data/a", 500, "{'errors':['failed: password secret-in-it was refused']}");
        assertThatThrownBy(() -> store.fetch("kv/a", VERSION))
                .hasMessageContaining("500")
                .hasMessageNotContaining("secret-in-it");

        server.on("GET /kv/data/a", 400, "{'errors':['secret-in-it: no handler for route']}");
        assertThatThrownBy(() -> store.fetch("kv/a", VERSION))
                .hasMessageContaining("no handler for route")
                .hasMessageNotContaining("secret-in-it");
    }

    @Test
    void a_value_of_another_version_than_asked_for_is_not_taken() {
        server.on(
                "GET /kv/data/a",
                200,
                "{'data':{'data':{'v':'x'},'metadata':{'version':2,'created_time':'2026-01-01T00:00:00Z'}}}");
        Store.fails(Kind.NOT_FOUND, "no value of version 1", () -> store.fetch("kv/a#v", VERSION));
    }

    @Test
    void a_connection_that_the_server_closed_meanwhile_is_replaced() throws Exception {
        server.on("GET /kv/metadata/a", exchange -> {
            exchange.getResponseHeaders().set("Connection", "close");
            Scripted.send(exchange, 200, METADATA);
        });
        for (int i = 0; i < 50; i++) {
            assertThat(store.version("kv/a")).isEqualTo(VERSION);
        }
    }

    @Test
    void whoever_gives_up_is_let_go_at_once() throws Exception {
        var asked = new CountDownLatch(1);
        var hang = new CountDownLatch(1);
        server.on("GET /kv/metadata/a", _ -> {
            asked.countDown();
            try {
                hang.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        var failure = new java.util.concurrent.CompletableFuture<Throwable>();
        var caller = Thread.ofVirtual().start(() -> {
            try {
                store.version("kv/a");
            } catch (Throwable e) {
                failure.complete(e);
            }
        });
        asked.await();
        caller.interrupt();

        assertThat(failure.get(400, java.util.concurrent.TimeUnit.MILLISECONDS))
                .isInstanceOf(InterruptedException.class);
        hang.countDown();
    }
}
