package io.dso.agent.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.ProblemId;
import io.dso.control.v1.ControlGrpc;
import io.dso.control.v1.WatchEventsRequest;
import io.dso.transport.UnixChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SocketLifeTest {
    @TempDir
    Path folder;

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
            assertThatThrownBy(() ->
                            DsoSockets.claim(new DsoSockets.Places(first.places.driver(), other.resolve("dso.sock"))))
                    .isInstanceOfSatisfying(
                            DsoException.class,
                            e -> assertThat(e.problems().getFirst().id()).isEqualTo(ProblemId.SOCKET_IN_USE));
        }
    }

    @Test
    void nothing_is_left_when_one_socket_cannot_be_made() throws IOException {
        var places = Sockets.places(folder);
        Files.createDirectory(places.control());

        assertThatThrownBy(() -> DsoSockets.claim(places))
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

    private static String ask(Path socket, String path) {
        try (var client = RawClient.to(socket)) {
            return client.send(RawClient.post(path, "")).response();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
