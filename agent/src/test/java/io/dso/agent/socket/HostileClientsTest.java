package io.dso.agent.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dso.transport.Peer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HostileClientsTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {"", "P", "PRI", "PRI * HTTP/2.0\r\n\r\nSM", "POST /Plugin.Activate HT", "POST / HTTP/1.1\r\n"})
    void who_does_not_finish_a_sentence_is_cut_off(String beginning) throws IOException {
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Duration.ofMillis(200));
                var slow = sockets.driver()) {
            assertThat(slow.send(beginning).untilEnd()).isEmpty();
            assertThat(Sockets.whoCalls(sockets.places.driver())).isNotEmpty();
        }
    }

    @Test
    void who_speaks_a_letter_now_and_then_is_cut_off() throws Exception {
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Duration.ofMillis(300));
                var slow = sockets.driver()) {
            var reader = CompletableFuture.supplyAsync(
                    slow::untilEnd, task -> Thread.ofVirtual().start(task));
            var letters = RawClient.post("/" + "x".repeat(3000), "{}");
            for (int i = 0; i < letters.length() && !endsWithin(reader, Duration.ofMillis(10)); i++) {
                try {
                    slow.send(letters.substring(i, i + 1));
                } catch (IOException e) {
                    break; // cut off
                }
            }
            assertThat(reader.get(5, TimeUnit.SECONDS)).isEmpty();
        }
    }

    @Test
    void garbage_is_refused_and_others_are_served() throws IOException {
        var random = new Random(7);
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Duration.ofMillis(300))) {
            for (int i = 0; i < 200; i++) {
                var garbage = new byte[1 + random.nextInt(2000)];
                random.nextBytes(garbage);
                for (var client : List.of(sockets.driver(), sockets.control())) {
                    try (client) {
                        client.send(garbage);
                    } catch (IOException e) {
                        // Cut off while it still spoke.
                    }
                }
            }
            try (var client = sockets.driver()) {
                assertThat(new String(client.send("\0\0\0\r\n\r\n\r\n").untilEnd(), StandardCharsets.UTF_8))
                        .satisfiesAnyOf(
                                text -> assertThat(text).isEmpty(),
                                text -> assertThat(text).startsWith("HTTP/1.1 400"));
            }
            try (var client = sockets.driver()) {
                client.send(PREFACE + "garbage after the preface, and more of it than a frame's head has");
                assertThat(client.untilEnd()).isNotNull(); // ends
            }
            assertServed(sockets);
        }
    }

    @Test
    void a_request_with_an_endless_head_is_refused() throws IOException {
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Duration.ofSeconds(10));
                var line = sockets.driver();
                var headers = sockets.driver()) {
            assertThat(end(line, "POST /" + "x".repeat(10_000) + " HTTP/1.1\r\nHost:\r\n\r\n"))
                    .startsWith("HTTP/1.1 400");
            assertThat(end(headers, "POST / HTTP/1.1\r\n" + "a: b\r\n".repeat(5_000) + "\r\n"))
                    .startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void ten_thousand_silent_connections_do_not_take_the_sockets_from_others() throws IOException {
        List<RawClient> silent = new ArrayList<>();
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Duration.ofSeconds(30));
                var docker = sockets.driver()) {
            docker.send(RawClient.post("/Plugin.Activate", "")).response();
            try {
                for (int i = 0; i < 5_000; i++) {
                    silent.add(sockets.driver());
                    silent.add(sockets.control());
                }
                assertServed(sockets);
                assertThat(docker.send(RawClient.post("/VolumeDriver.List", "")).response())
                        .startsWith("HTTP/1.1 200");
                assertThat(silent.getFirst().untilEnd()).isEmpty(); // long before patience ends: others came
            } finally {
                for (var each : silent) {
                    each.close();
                }
            }
        }
    }

    @Test
    void connections_are_accepted_again_after_the_process_ran_out_of_descriptors() throws Exception {
        var places = Sockets.places(folder);
        var agent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.dso.agent.socket.SmallAgent",
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<RawClient> silent = new ArrayList<>();
        try (var out = agent.inputReader()) {
            assertThat(out.readLine()).isEqualTo("listening");
            assertThat(Sockets.whoCalls(places.control())).isNotEmpty(); // every class it needs is loaded
            leaveDescriptors(agent.pid(), 60);
            for (int i = 0; i < 300; i++) {
                silent.add(RawClient.to(places.driver())); // more than descriptors, fewer than it would drop
            }
            for (var each : silent) {
                each.close();
            }
            assertThat(Sockets.whoCalls(places.driver())).isNotEmpty();
            assertThat(Sockets.whoCalls(places.control())).isNotEmpty();
        } finally {
            agent.destroyForcibly().waitFor();
        }
    }

    @Test
    void another_user_is_refused_in_words_and_never_reaches_the_plugin() throws Exception {
        assumeTrue(Peer.self().uid() == 0, "only root can become another user");
        var calls = new AtomicInteger();
        PluginEndpoint plugin = (_, _, _) -> {
            calls.incrementAndGet();
            return new byte[0];
        };
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (var sockets = Sockets.open(folder, plugin, Duration.ofSeconds(10))) {
            openWide(sockets.places.driver());

            assertThat(as1000(sockets.places.driver(), RawClient.post("/VolumeDriver.Mount", "{}")))
                    .startsWith("HTTP/1.1 403 Forbidden\r\n")
                    .endsWith("{\"Err\":\"only root may use the volume driver, not uid 1000 [DSO-4001];"
                            + " fix: go through Docker\"}");
            assertThat(as1000(sockets.places.driver(), PREFACE)).isEmpty();
            assertThat(calls).hasValue(0);
        }
    }

    @Test
    void whom_the_files_mode_lets_in_may_use_the_control_socket() throws Exception {
        assumeTrue(Peer.self().uid() == 0, "only root can become another user");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (var sockets = Sockets.open(folder, Sockets.ECHO, Duration.ofSeconds(10))) {
            assertThat(as1000(sockets.places.control(), PREFACE)).contains("Permission denied");

            openWide(sockets.places.control());

            // An HTTP/2 client's settings are answered with the server's: a frame of type 4 for stream 0.
            assertThat(as1000(sockets.places.control(), PREFACE + "\0\0\0\4\0\0\0\0\0"))
                    .contains("\4\0\0\0\0\0");
        }
    }

    /** Lets a process open so many more files than it has. */
    private static void leaveDescriptors(long pid, int more) throws Exception {
        try (var open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            var limit = "--nofile=" + (open.count() + more);
            var prlimit = new ProcessBuilder("prlimit", "--pid", Long.toString(pid), limit + ":" + limit.substring(9))
                    .start();
            assumeTrue(prlimit.waitFor() == 0, "prlimit is needed");
        }
    }

    private static boolean endsWithin(Future<?> future, Duration time) throws Exception {
        try {
            future.get(time.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private static void openWide(Path socket) throws IOException {
        Files.setPosixFilePermissions(socket.resolveSibling(""), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    /** What another user gets to hear: sends, reads once, ends. */
    private static String as1000(Path socket, String text) throws Exception {
        var script = """
                use IO::Socket::UNIX;
                my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]);
                if (!$s) { print $!; exit 0; }
                local $/;
                print $s <STDIN>;
                $s->flush;
                alarm 10;
                sysread $s, my $answer, 65536;
                print $answer;
                """;
        var client = new ProcessBuilder(
                        "setpriv",
                        "--reuid=1000",
                        "--regid=1000",
                        "--clear-groups",
                        "perl",
                        "-e",
                        script,
                        socket.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var in = client.outputWriter(StandardCharsets.ISO_8859_1)) {
            in.write(text);
        }
        var answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assumeTrue(client.waitFor() == 0, "setpriv and perl are needed");
        return answer;
    }

    private static String end(RawClient client, String text) throws IOException {
        return new String(client.send(text).untilEnd(), StandardCharsets.UTF_8);
    }

    private static void assertServed(Sockets sockets) throws IOException {
        try (var docker = sockets.driver()) {
            assertThat(docker.send(RawClient.post("/x", "")).response()).startsWith("HTTP/1.1 200");
        }
        assertThat(Sockets.whoCalls(sockets.places.driver())).isNotEmpty();
        assertThat(Sockets.whoCalls(sockets.places.control())).isNotEmpty();
    }
}
