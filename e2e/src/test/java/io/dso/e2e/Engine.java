package io.dso.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
        var line = new java.util.ArrayList<>(List.of("docker"));
        line.addAll(List.of(arguments));
        return new Command(List.copyOf(line), Map.of("DOCKER_HOST", host), new byte[0], Duration.ofSeconds(180));
    }

    Outcome docker(String... arguments) {
        return command(arguments).run();
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

    boolean isLaunched() {
        return daemon != null && daemon.isAlive();
    }

    boolean answers() {
        return docker("version", "--format", "{{.Server.Version}}").exitCode() == 0;
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

    private void end(java.util.function.Consumer<Process> how, String word) {
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

    Path log() {
        return own().resolve("log");
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
