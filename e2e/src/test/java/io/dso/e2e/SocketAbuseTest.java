package io.dso.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whoever isn't meant to talk to the agent can't, and nobody takes its sockets from the others. */
class SocketAbuseTest extends EndToEnd {
    private static final Path PROBE = Settings.work().resolve("probe");
    private static final String LIST = "POST /VolumeDriver.List HTTP/1.1\r\nHost: \r\nContent-Length: 2\r\n\r\n{}";
    private static final int STRANGER = 64321;

    /** Its driver socket isn't protected by its directory, so that the agent's own check shows. */
    private final Agent open = new Agent(
            engine,
            agent.driver() + "-open",
            directory().resolve("open"),
            directory().resolve("open/driver.sock"));

    @BeforeAll
    void startAgents() throws IOException {
        for (var each : List.of(agent, open)) {
            each.secret("db", "first");
            each.configure("shop: { secrets: [ db ], " + ALLOW_ALL + " }");
            each.start();
        }
        Files.setPosixFilePermissions(open.driverSocket(), PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    @AfterAll
    void closeOpenAgent() {
        open.close();
    }

    @Test
    void another_user_cannot_connect_to_either_socket() {
        for (var socket : List.of(agent.controlSocket(), agent.driverSocket())) {
            var attempt = asStranger(socket, LIST);

            assertThat(attempt.exitCode()).as(socket.toString()).isEqualTo(1);
            assertThat(attempt.stderr()).contains("Permission denied");
        }
    }

    @Test
    void a_volume_call_by_a_peer_that_is_not_root_is_refused() {
        var refused = asStranger(open.driverSocket(), LIST);
        var root = Command.of(PROBE.toString(), "connect", open.driverSocket().toString(), LIST)
                .run();

        assertThat(refused.text()).contains("403").contains("\"Err\"").doesNotContain("Volumes");
        assertThat(root.text()).contains("200").contains("\"Volumes\"");
    }

    private static Outcome asStranger(Path socket, String text) {
        return Command.of(
                        "setpriv",
                        "--reuid=" + STRANGER,
                        "--regid=" + STRANGER,
                        "--clear-groups",
                        PROBE.toString(),
                        "connect",
                        socket.toString(),
                        text)
                .run();
    }

    @Test
    void the_control_socket_does_not_carry_the_volume_protocol() {
        var answer = Command.of(
                        PROBE.toString(), "connect", agent.controlSocket().toString(), LIST)
                .run();

        assertThat(answer.text()).doesNotContain("Volumes");
    }

    @Test
    void garbage_and_half_a_preface_do_not_disturb_others() throws IOException {
        List<SocketChannel> connections = new ArrayList<>();
        try {
            for (var socket : List.of(agent.driverSocket(), agent.controlSocket())) {
                for (var bytes :
                        List.of(OddBytes.random(64 << 10), "PRI * HT".getBytes(US_ASCII), "POST ".getBytes(US_ASCII))) {
                    connections.add(connect(socket));
                    send(connections.getLast(), bytes);
                }
            }

            assertServes();
        } finally {
            closeAll(connections);
        }
    }

    @Test
    void ten_thousand_silent_connections_do_not_take_the_sockets_from_others() throws IOException {
        var files = Command.of("sh", "-c", "ulimit -Hn").run().text();
        assumeTrue(
                files.equals("unlimited") || Long.parseLong(files) > 15_000,
                "a process may open only " + files + " files here");
        for (var socket : List.of(agent.driverSocket(), agent.controlSocket())) {
            List<SocketChannel> connections = new ArrayList<>();
            try {
                for (var i = 0; i < 10_000; i++) {
                    connections.add(connect(socket));
                }

                assertServes();
            } finally {
                closeAll(connections);
            }
        }
    }

    /** Connections that come and go all the time, as a broken client makes them. */
    @Test
    void a_connection_storm_is_survived_too() throws IOException {
        for (var i = 0; i < 20_000; i++) {
            connect(agent.driverSocket()).close();
        }

        assertServes();
    }

    private void assertServes() {
        var begin = System.nanoTime();
        assertThat(run(bundle("shop"), STATIC, "/probe", "dump", "/s")
                        .succeeded()
                        .text())
                .endsWith("first");
        agent.dso("status").succeeded();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        assertThat(agent.health("live").up()).isTrue();
    }

    /** A full backlog isn't a refusal: the agent takes connections out of it one after the other. */
    private static SocketChannel connect(Path socket) {
        return Await.value(
                "connecting to " + socket,
                Duration.ofSeconds(10),
                () -> {
                    var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                    try {
                        channel.connect(UnixDomainSocketAddress.of(socket));
                        return channel;
                    } catch (IOException e) {
                        channel.close();
                        throw e;
                    }
                },
                SocketChannel::isConnected);
    }

    private static void send(SocketChannel channel, byte[] bytes) {
        try {
            channel.write(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            // The agent closed it already, as it may.
        }
    }

    private static void closeAll(List<SocketChannel> channels) throws IOException {
        for (var channel : channels) {
            channel.close();
        }
    }
}
