package io.dso.agent.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.transport.Peer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DsoSocketsTest {
    @TempDir
    Path folder;

    @Test
    void dockers_requests_are_answered_one_after_the_other_on_one_connection() throws IOException {
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Sockets.SHORT);
                var docker = sockets.driver()) {
            for (var call : List.of("/Plugin.Activate", "/VolumeDriver.Get", "/VolumeDriver.Mount")) {
                assertThat(docker.send(RawClient.post(call, "{}")).response())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .containsIgnoringCase("content-type: application/vnd.docker.plugins.v1.1+json\r\n")
                        .endsWith("{\"path\":\"" + call + "\",\"length\":2}");
            }
        }
    }

    @Test
    void a_connection_is_kept_however_long_docker_is_silent_between_requests() throws IOException {
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Duration.ofMillis(50));
                var docker = sockets.driver();
                var silent = sockets.driver()) {
            docker.send(RawClient.post("/Plugin.Activate", "")).response();

            assertThat(silent.untilEnd()).isEmpty(); // patience passed, after the first answer

            assertThat(docker.send(RawClient.post("/VolumeDriver.List", "")).response())
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void both_sockets_carry_the_control_api_and_know_who_calls() throws IOException {
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Sockets.SHORT)) {
            assertThat(Sockets.whoCalls(sockets.places.driver())).isEqualTo(Peer.self() + " virtual");
            assertThat(Sockets.whoCalls(sockets.places.control())).isEqualTo(Peer.self() + " virtual");
        }
    }

    @Test
    void the_plugin_is_called_on_a_virtual_thread_and_told_the_peer() throws IOException {
        PluginEndpoint plugin =
                (_, _, peer) -> (peer + " " + Thread.currentThread().isVirtual()).getBytes(StandardCharsets.UTF_8);
        try (var sockets = Sockets.open(folder, plugin, Sockets.SHORT);
                var docker = sockets.driver()) {
            assertThat(docker.send(RawClient.post("/x", "")).response()).endsWith("\r\n\r\n" + Peer.self() + " true");
        }
    }

    @Test
    void bytes_that_come_one_by_one_are_understood() throws IOException {
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Duration.ofSeconds(10));
                var docker = sockets.driver()) {
            for (byte each : RawClient.post("/Plugin.Activate", "{}").getBytes(StandardCharsets.UTF_8)) {
                docker.send(new byte[] {each});
            }
            assertThat(docker.response()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void requests_sent_at_once_are_answered_in_order_and_never_two_at_a_time() throws IOException {
        var running = new AtomicInteger();
        PluginEndpoint plugin = (path, body, peer) -> {
            int now = running.incrementAndGet();
            Thread.yield();
            running.decrementAndGet();
            return (path + " " + now).getBytes(StandardCharsets.UTF_8);
        };
        try (var sockets = Sockets.open(folder, plugin, Sockets.SHORT);
                var docker = sockets.driver()) {
            docker.send(RawClient.post("/1", "a") + RawClient.post("/2", "b") + RawClient.post("/3", "c"));

            assertThat(docker.response()).endsWith("/1 1");
            assertThat(docker.response()).endsWith("/2 1");
            assertThat(docker.response()).endsWith("/3 1");
        }
    }

    @Test
    void calls_on_different_connections_run_beside_each_other() throws Exception {
        var together = new CyclicBarrier(8);
        PluginEndpoint plugin = (path, body, peer) -> {
            try {
                together.await(10, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return new byte[0];
        };
        try (var sockets = Sockets.open(folder, plugin, Sockets.SHORT)) {
            var answers = IntStream.range(0, 8)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> ask(sockets.places.driver(), "/" + i),
                            task -> Thread.ofVirtual().start(task)))
                    .toList();
            for (var answer : answers) {
                assertThat(answer.get()).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void what_the_plugin_throws_stays_in_the_log() throws IOException {
        PluginEndpoint plugin = (_, _, _) -> {
            throw new IllegalStateException("p$w\"o'r\\d");
        };
        try (var sockets = Sockets.open(folder, plugin, Sockets.SHORT);
                var docker = sockets.driver()) {
            assertThat(docker.send(RawClient.post("/VolumeDriver.Mount", "{}")).response())
                    .startsWith("HTTP/1.1 500")
                    .endsWith("{\"Err\":\"internal error in the agent, see its log\"}")
                    .doesNotContain("p$w");
            assertThat(docker.send(RawClient.post("/VolumeDriver.Mount", "{}")).response())
                    .startsWith("HTTP/1.1 500");
        }
    }

    @Test
    void a_body_of_a_mebibyte_is_taken_and_one_byte_more_is_not() throws IOException {
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Duration.ofSeconds(10));
                var docker = sockets.driver();
                var other = sockets.driver()) {
            assertThat(docker.send(RawClient.post("/x", "x".repeat(1 << 20))).response())
                    .endsWith("\"length\":1048576}");
            assertThat(other.send(RawClient.post("/x", "x".repeat((1 << 20) + 1)))
                            .response())
                    .startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void only_posts_are_answered() throws IOException {
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Sockets.SHORT);
                var docker = sockets.driver()) {
            assertThat(docker.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").response())
                    .startsWith("HTTP/1.1 405");
        }
    }

    @Test
    void the_control_socket_closes_on_http_without_a_word() throws IOException {
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Duration.ofSeconds(20));
                var client = sockets.control()) {
            assertThat(client.send(RawClient.post("/Plugin.Activate", "{}")).untilEnd())
                    .isEmpty();
        }
    }

    @Test
    void a_caller_that_goes_away_harms_nobody() throws IOException {
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Sockets.SHORT)) {
            for (int length = 0; length < 60; length++) {
                try (var gone = sockets.driver()) {
                    gone.send(RawClient.post("/VolumeDriver.Mount", "{}").substring(0, length));
                }
            }
            try (var gone = sockets.driver()) {
                gone.send(RawClient.post("/VolumeDriver.Mount", "{}"));
            }
            assertThat(ask(sockets.places.driver(), "/x")).startsWith("HTTP/1.1 200");
        }
    }

    private static String ask(Path socket, String path) {
        try (var client = RawClient.to(socket)) {
            return client.send(RawClient.post(path, "")).response();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
