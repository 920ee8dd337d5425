package io.dso.provider.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.v1.DescribeRequest;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.transport.UnixChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderProcessTest {
    private final List<Process> started = new ArrayList<>();

    @TempDir
    Path directory;

    private Path socket() {
        return directory.resolve("p.sock");
    }

    private Process start(String config, String... more) throws IOException {
        Files.writeString(directory.resolve("p.json"), config);
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                ScriptedProvider.class.getName(),
                "--socket",
                socket().toString(),
                "--config",
                directory.resolve("p.json").toString()));
        command.addAll(List.of(more));
        var process = new ProcessBuilder(command).start();
        started.add(process);
        return process;
    }

    private void awaitAnswer() {
        try (var channel = UnixChannel.to(socket())) {
            var stub = ProviderGrpc.newBlockingStub(channel.grpc());
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (true) {
                try {
                    stub.withWaitForReady()
                            .withDeadlineAfter(1, TimeUnit.SECONDS)
                            .describe(DescribeRequest.getDefaultInstance());
                    return;
                } catch (StatusRuntimeException e) {
                    assertThat(System.nanoTime()).as("answers within 20 s").isLessThan(until);
                    channel.grpc().resetConnectBackoff();
                    LockSupport.parkNanos(20_000_000);
                }
            }
        }
    }

    private static int end(Process process) throws InterruptedException {
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("ends within 20 s").isTrue();
        return process.exitValue();
    }

    private static String stderr(Process process) throws IOException {
        return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @AfterEach
    void killWhatRuns() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void it_serves_until_sigterm_and_leaves_no_socket() throws Exception {
        var process = start("{\"mode\": \"good\"}");
        awaitAnswer();

        process.toHandle().destroy(); // unlike Process.destroy, it leaves the streams open

        assertThat(end(process)).isZero();
        assertThat(socket()).doesNotExist();
        assertThat(stderr(process)).isEmpty();
    }

    @Test
    void it_ends_with_its_standard_input() throws Exception {
        var process = start("{\"mode\": \"good\"}", "--exit-with-stdin");
        awaitAnswer();

        process.getOutputStream().close();

        assertThat(end(process)).isZero();
        assertThat(socket()).doesNotExist();
    }

    @Test
    void a_second_one_on_the_same_socket_gives_up_and_a_killed_one_is_replaced() throws Exception {
        var first = start("{\"mode\": \"good\"}");
        awaitAnswer();

        var second = start("{\"mode\": \"good\"}");
        assertThat(end(second)).isEqualTo(ProviderProcess.IN_USE);
        assertThat(stderr(second)).contains("is in use");

        first.destroyForcibly();
        end(first);
        assertThat(socket()).exists();
        start("{\"mode\": \"good\"}");
        awaitAnswer();
    }

    @Test
    void a_wrong_configuration_is_said_in_one_line() throws Exception {
        var process = start("{\"mode\": \"good\", \"mod\": 1}");

        assertThat(end(process)).isEqualTo(ProviderProcess.MISCONFIGURED);
        assertThat(stderr(process)).isEqualTo("SEVERE unknown key 'mod', known are mode\n");
    }

    @Test
    void a_store_that_does_not_open_is_said_in_one_line() throws Exception {
        var process = start("{\"mode\": \"broken\"}");

        assertThat(end(process)).isEqualTo(ProviderProcess.FAILED);
        assertThat(stderr(process)).isEqualTo("SEVERE the vault file is locked\n");
    }

    @Test
    void an_unknown_argument_is_refused_with_the_usage() throws Exception {
        var process = start("{}", "--sockt", "x");

        assertThat(end(process)).isEqualTo(ProviderProcess.MISCONFIGURED);
        assertThat(stderr(process)).contains("unknown argument '--sockt'").contains(Arguments.USAGE);
    }
}
