package io.dso.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A Docker engine, asked through the docker command. */
final class Engine implements AutoCloseable {
    private static final Path LAUNCHER = Path.of("engine", "dockerd").toAbsolutePath();

    private final String host;
    private final @Nullable Path directory;
    private @Nullable Process daemon;

    private Engine(String host, @Nullable Path directory) {
        this.host = host;
        this.directory = directory;
    }

    /** The engine that {@code ./test} found or started. */
    static Engine underTest() {
        return new Engine(Settings.dockerHost(), null);
    }

    /** An engine of our own that may be stopped and started, in {@code directory}; it isn't started yet. */
    static Engine own(Path directory) {
        return new Engine("unix://" + directory.resolve("docker.sock"), directory);
    }

    String host() {
        return host;
    }

    Command command(String... arguments) {
        var line = new ArrayList<>(List.of("docker"));
        line.addAll(List.of(arguments));
        return new Command(List.copyOf(line), Map.of("DOCKER_HOST", host), new byte[0], Duration.ofSeconds(180));
    }

    Outcome docker(String... arguments) {
        return command(arguments).run();
    }

    /** The body of the engine's answer to a GET; for looks that are repeated, which a docker command each would slow down. */
    byte[] get(String path) {
        var address = UnixDomainSocketAddress.of(host.substring("unix://".length()));
        try (var connection = SocketChannel.open(address)) {
            // HTTP/1.0: no chunks, and the end of the answer is the end of the stream.
            connection.write(ByteBuffer.wrap(("GET " + path + " HTTP/1.0\r\n\r\n").getBytes(US_ASCII)));
            var answer = Channels.newInputStream(connection).readAllBytes();
            var head = new String(answer, ISO_8859_1).indexOf("\r\n\r\n");
            var status = new String(answer, 0, Math.max(head, 0), ISO_8859_1)
                    .lines()
                    .findFirst()
                    .orElse("");
            var body = Arrays.copyOfRange(answer, head + 4, answer.length);
            if (!status.contains(" 200 ")) {
                throw new AssertionError(path + ": " + status + " " + new String(body, UTF_8));
            }
            return body;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it keeps everything, containerd's part included. */
    Path dataRoot() {
        return Path.of(
                docker("info", "--format", "{{.DockerRootDir}}").succeeded().text());
    }

    /** Starts the daemon and doesn't wait for it to answer. */
    void launch() {
        var own = own();
        try {
            Files.createDirectories(own);
            var log = own.resolve("log").toFile();
            daemon = Command.of(LAUNCHER.toString(), own.toString())
                    .start(new ProcessBuilder()
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it for the first time, with these images of the engine under test. */
    void boot(String... images) {
        launch();
        awaitAnswer();
        for (var image : images) {
            var saved = underTest().docker("save", image).succeeded().stdout();
            command("load").input(saved).run().succeeded();
        }
    }

    boolean isLaunched() {
        return daemon != null && daemon.isAlive();
    }

    boolean answers() {
        try {
            return new String(get("/_ping"), US_ASCII).equals("OK");
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    void awaitAnswer() {
        Await.until("engine at " + host + " answers", Duration.ofSeconds(90), this::answers);
    }

    /** An orderly stop, as by an init system. */
    void stop() {
        end(Process::destroy, "stopped");
    }

    void kill() {
        end(Process::destroyForcibly, "killed");
    }

    private void end(Consumer<Process> how, String word) {
        var running = daemon;
        if (running == null) {
            return;
        }
        how.accept(running);
        try {
            if (!running.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("engine at " + host + " was not " + word + " within 60 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        daemon = null;
    }

    /** What it has logged so far. */
    String log() {
        try {
            return Files.readString(own().resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path own() {
        if (directory == null) {
            throw new IllegalStateException("the engine under test is not ours to start and stop");
        }
        return directory;
    }

    @Override
    public void close() {
        stop();
    }
}
