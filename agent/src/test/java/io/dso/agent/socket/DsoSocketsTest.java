package io.dso.agent.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.ProblemId;
import io.dso.control.v1.ControlGrpc;
import io.dso.control.v1.WatchEventsRequest;
import io.dso.transport.Peer;
import io.dso.transport.UnixChannel;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
            var answers = java.util.stream.IntStream.range(0, 8)
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
    void files_have_their_modes_and_no_lock_lies_in_dockers_folder() throws IOException {
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Sockets.SHORT)) {
            assertThat(mode(sockets.places.driver())).isEqualTo("rw-------");
            assertThat(mode(folder.resolve("plugins"))).isEqualTo("rwx------");
            assertThat(mode(sockets.places.control())).isEqualTo(groupExists() ? "rw-rw----" : "rw-------");
            assertThat(names(folder.resolve("plugins"))).containsExactly("dso.sock");
            assertThat(sockets.sockets.listening()).isTrue();
        }
        assertThat(names(folder.resolve("plugins"))).isEmpty();
        assertThat(names(folder.resolve("run"))).containsExactlyInAnyOrder("driver.lock", "dso.sock.lock");
    }

    @Test
    void a_socket_file_that_was_taken_away_counts_as_not_listening() throws IOException {
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Sockets.SHORT)) {
            Files.delete(sockets.places.driver());
            assertThat(sockets.sockets.listening()).isFalse();
        }
    }

    @Test
    void what_a_killed_agent_left_behind_is_replaced() throws IOException {
        var places = Sockets.places(folder);
        Files.createDirectories(folder.resolve("plugins"));
        for (var path : List.of(places.driver(), places.control())) {
            try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                dead.bind(UnixDomainSocketAddress.of(path));
            }
            assertThat(path).exists();
        }
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Sockets.SHORT)) {
            assertThat(Sockets.whoCalls(sockets.places.driver())).isNotEmpty();
            assertThat(Sockets.whoCalls(sockets.places.control())).isNotEmpty();
        }
    }

    @Test
    void a_second_agent_is_refused_and_the_first_goes_on() throws IOException {
        try (var first = Sockets.open(folder, Sockets.ECHO, Sockets.SHORT)) {
            assertThatThrownBy(() -> Sockets.open(folder, Sockets.ECHO, Sockets.SHORT))
                    .isInstanceOfSatisfying(
                            DsoException.class,
                            e -> assertThat(e.problems().getFirst().id()).isEqualTo(ProblemId.SOCKET_IN_USE));

            assertThat(ask(first.places.driver(), "/x")).startsWith("HTTP/1.1 200");
            assertThat(Sockets.whoCalls(first.places.control())).isNotEmpty();
        }
    }

    @Test
    void a_driver_socket_of_another_agent_elsewhere_is_found_in_use() throws IOException {
        try (var first = Sockets.open(folder, Sockets.ECHO, Sockets.SHORT)) {
            var other = Files.createDirectories(folder.resolve("other"));
            assertThatThrownBy(() -> DsoSockets.open(
                            new DsoSockets.Places(first.places.driver(), other.resolve("dso.sock")),
                            Sockets.ECHO,
                            Sockets.services()))
                    .isInstanceOfSatisfying(
                            DsoException.class,
                            e -> assertThat(e.problems().getFirst().id()).isEqualTo(ProblemId.SOCKET_IN_USE));
        }
    }

    @Test
    void nothing_is_left_when_one_socket_cannot_be_made() throws IOException {
        var places = Sockets.places(folder);
        Files.createDirectory(places.control());

        assertThatThrownBy(() -> DsoSockets.open(places, Sockets.ECHO, Sockets.services()))
                .isInstanceOfSatisfying(
                        DsoException.class,
                        e -> assertThat(e.problems().getFirst().id()).isEqualTo(ProblemId.RUN_DIRECTORY));

        assertThat(places.driver()).doesNotExist();
    }

    @Test
    void an_orderly_stop_lets_a_mount_finish_and_closes_idle_connections() throws Exception {
        var entered = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        PluginEndpoint plugin = (path, body, peer) -> {
            if (path.equals("/VolumeDriver.Mount")) {
                entered.countDown();
                await(leave);
            }
            return "{}".getBytes(StandardCharsets.UTF_8);
        };
        var sockets = Sockets.open(folder, plugin, Sockets.SHORT);
        try (var docker = sockets.driver();
                var idle = sockets.driver();
                var silent = sockets.control()) {
            idle.send(RawClient.post("/Plugin.Activate", "")).response();
            docker.send(RawClient.post("/VolumeDriver.Mount", "{}"));
            await(entered);

            var closed = CompletableFuture.runAsync(
                    sockets::close, task -> Thread.ofVirtual().start(task));
            assertThat(idle.untilEnd()).isEmpty();
            assertThat(silent.untilEnd()).isEmpty();
            assertThat(sockets.places.driver()).doesNotExist();
            assertThat(sockets.places.control()).doesNotExist();
            assertThat(closed).isNotDone();
            assertThatThrownBy(() -> Sockets.open(folder, plugin, Sockets.SHORT))
                    .isInstanceOf(DsoException.class);

            leave.countDown();
            assertThat(docker.response()).startsWith("HTTP/1.1 200").contains("onnection: close");
            assertThat(docker.untilEnd()).isEmpty();
            closed.get(5, TimeUnit.SECONDS);
        }
        Sockets.open(folder, plugin, Sockets.SHORT).close();
    }

    @Test
    void a_call_that_does_not_end_is_cut_when_the_grace_is_over() throws Exception {
        var entered = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        PluginEndpoint plugin = (path, body, peer) -> {
            entered.countDown();
            await(leave);
            return new byte[0];
        };
        var sockets = Sockets.open(folder, plugin, Sockets.SHORT);
        try (var docker = sockets.driver();
                var channel = UnixChannel.to(sockets.places.control())) {
            docker.send(RawClient.post("/VolumeDriver.Mount", "{}"));
            await(entered);
            var events =
                    ControlGrpc.newBlockingStub(channel.grpc()).watchEvents(WatchEventsRequest.getDefaultInstance());
            assertThat(events.next().getType()).isEqualTo("armed");

            sockets.sockets.close(Duration.ofMillis(100));

            assertThat(docker.untilEnd()).isEmpty();
            assertThatThrownBy(events::next).isInstanceOf(io.grpc.StatusRuntimeException.class);
        } finally {
            leave.countDown();
        }
        sockets.close();
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
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static boolean groupExists() throws IOException {
        return Files.readAllLines(Path.of("/etc/group")).stream().anyMatch(line -> line.startsWith("dso:"));
    }
}
