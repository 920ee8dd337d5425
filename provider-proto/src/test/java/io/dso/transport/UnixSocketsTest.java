package io.dso.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dso.provider.v1.DescribeRequest;
import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.ProviderGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketsTest {
    private static final Predicate<Peer> ANYBODY = peer -> true;

    @TempDir
    Path directory;

    private Path socket() {
        return directory.resolve("a.sock");
    }

    private UnixServer serve(Predicate<Peer> accepted) throws IOException {
        return UnixServer.start(new UnixServer.Address(socket(), "rw-rw----", accepted), List.of(EchoService.bound()));
    }

    private static ProviderGrpc.ProviderBlockingStub stub(UnixChannel channel) {
        return ProviderGrpc.newBlockingStub(channel.grpc()).withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    @Test
    void a_call_knows_its_peer() throws IOException {
        try (var server = serve(ANYBODY);
                var channel = UnixChannel.to(socket())) {
            var answer = stub(channel).describe(DescribeRequest.getDefaultInstance());

            assertThat(answer.getName()).isEqualTo(Peer.self().toString());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                    .isEqualTo("rw-rw----");
        }
        assertThat(socket()).doesNotExist();
    }

    @Test
    void a_peer_that_is_not_accepted_finds_the_connection_closed() throws IOException {
        try (var server = serve(peer -> peer.uid() != Peer.self().uid());
                var channel = UnixChannel.to(socket())) {
            assertThatThrownBy(() -> stub(channel).describe(DescribeRequest.getDefaultInstance()))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        }
    }

    @Test
    void nothing_is_said_to_a_listener_that_is_not_accepted() throws IOException {
        var said = new LinkedBlockingQueue<String>();
        try (var server = serve(ANYBODY);
                var channel = UnixChannel.to(socket(), listener -> {
                    said.add(listener.toString());
                    return false;
                })) {
            assertThatThrownBy(() -> stub(channel).describe(DescribeRequest.getDefaultInstance()))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
            assertThat(said).contains(Peer.self().toString());
        }
    }

    @Test
    void a_peer_of_another_user_is_told_apart_by_its_numbers() throws Exception {
        assumeTrue(Peer.self().uid() == 0, "only root can become somebody else");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "python3 plays the other user");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        var seen = new LinkedBlockingQueue<Peer>();
        try (var server = serve(peer -> {
            seen.add(peer);
            return false;
        })) {
            Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
            var python = "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); "
                    + "sys.exit(len(s.recv(1)))";
            var other = new ProcessBuilder(
                            "setpriv",
                            "--reuid",
                            "54321",
                            "--regid",
                            "54322",
                            "--clear-groups",
                            "/usr/bin/python3",
                            "-c",
                            python,
                            socket().toString())
                    .inheritIO()
                    .start();

            assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(other.exitValue()).as("read end of file").isZero();
            assertThat(seen).containsExactly(new Peer(54321, 54322));
        }
    }

    @Test
    void calls_fail_at_once_while_nobody_listens() {
        try (var channel = UnixChannel.to(socket())) {
            var failure = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> ProviderGrpc.newBlockingStub(channel.grpc()).describe(DescribeRequest.getDefaultInstance()));

            assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
    }

    @Test
    void a_message_over_the_limit_is_refused() throws IOException {
        try (var server = serve(ANYBODY);
                var channel = UnixChannel.to(socket())) {
            var large = FetchRequest.newBuilder()
                    .setVersion("x".repeat(UnixChannel.MAX_MESSAGE_BYTES))
                    .build();

            assertThatThrownBy(() -> stub(channel).fetch(large)).isInstanceOf(StatusRuntimeException.class);
            assertThat(stub(channel)
                            .fetch(FetchRequest.newBuilder().setVersion("7").build())
                            .getVersion())
                    .isEqualTo("7");
        }
    }

    @Test
    void a_second_server_is_refused_and_the_first_keeps_serving() throws IOException {
        try (var server = serve(ANYBODY);
                var channel = UnixChannel.to(socket())) {
            assertThatThrownBy(() -> serve(ANYBODY)).isInstanceOf(SocketInUseException.class);

            assertThat(stub(channel)
                            .describe(DescribeRequest.getDefaultInstance())
                            .getName())
                    .isNotEmpty();
        }
    }

    @Test
    void a_foreign_listener_without_our_lock_is_left_alone() throws IOException {
        try (var foreign = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            foreign.bind(UnixDomainSocketAddress.of(socket()));

            assertThatThrownBy(() -> serve(ANYBODY))
                    .isInstanceOf(SocketInUseException.class)
                    .hasMessageContaining("listens on it");
            assertThat(socket()).exists();
        }
    }

    @Test
    void a_socket_file_left_behind_is_replaced() throws IOException {
        try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket()));
        }
        assertThat(socket()).exists();

        try (var server = serve(ANYBODY);
                var channel = UnixChannel.to(socket())) {
            assertThat(stub(channel)
                            .describe(DescribeRequest.getDefaultInstance())
                            .getName())
                    .isNotEmpty();
        }
    }

    @Test
    void a_file_that_is_not_a_socket_is_not_removed() throws IOException {
        Files.writeString(socket(), "precious");

        assertThatThrownBy(() -> serve(ANYBODY)).isInstanceOf(IOException.class).hasMessageContaining("not a socket");
        assertThat(socket()).hasContent("precious");
    }

    @Test
    void the_path_is_free_again_after_close() throws IOException {
        serve(ANYBODY).close(Duration.ofSeconds(1));

        try (var server = serve(ANYBODY)) {
            assertThat(socket()).exists();
        }
    }
}
