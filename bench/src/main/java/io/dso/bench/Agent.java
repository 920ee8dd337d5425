package io.dso.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An agent with a driver name, a vault and one bundle of its own; it holds the secret {@code bench/secret}. */
final class Agent implements AutoCloseable {
    static final String BUNDLE = "bench";
    /** The bundle's one file. */
    static final String FILE = "secret";

    private static final String SECRET = "bench/secret";

    private final Setup setup;
    private final Stopwatch stopwatch;
    private final Path dockerSocket;
    private final String driver;
    private final Path directory;
    /** On RAM, as /run is: the journal in it is flushed at each mount. */
    private final Path run;

    private final Path value;
    private final int healthPort = freePort();
    private @Nullable Process process;

    Agent(Setup setup, Stopwatch stopwatch) {
        this(setup, stopwatch, setup.dockerSocket(), """
                dso:
                  providers:
                    local: { kind: local, config: { vault: %1$s/vault, key-file: %1$s/key } }
                  bundles:
                    %2$s:
                      secrets: [ %3$s ]
                      reload: { strategy: none }
                      allow: { compose-project: bench, compose-service: app }
                """);
    }

    /**
     * One with a configuration of its own.
     *
     * @param dockerSocket where it finds the engine
     * @param config with %1$s for its folder, %2$s for the bundle, %3$s for the secret
     */
    Agent(Setup setup, Stopwatch stopwatch, Path dockerSocket, String config) {
        this.setup = setup;
        this.dockerSocket = dockerSocket;
        this.stopwatch = stopwatch;
        var random = new byte[3];
        new Random().nextBytes(random);
        this.driver = "dso-bench-" + HexFormat.of().formatHex(random);
        this.directory = setup.work().resolve(driver);
        this.run = setup.ram().resolve(driver);
        this.value = setup.ram().resolve(driver + ".value");
        try {
            Files.createDirectories(directory);
            var file = Files.writeString(directory.resolve("dso.yaml"), config.formatted(directory, BUNDLE, SECRET));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        dso(Redirect.from(Path.of("/dev/null").toFile()), "secret", "init");
        set(0);
    }

    String driver() {
        return driver;
    }

    Path vault() {
        return directory.resolve("vault");
    }

    Path keyFile() {
        return directory.resolve("key");
    }

    Path runDirectory() {
        return run;
    }

    Path socket() {
        return Path.of("/run/docker/plugins", driver + ".sock");
    }

    /** Where a value of the secret lies that begins with this number. */
    Path value(long number) {
        try {
            return Files.write(value, "%d %s".formatted(number, "x".repeat(40)).getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Changes the secret by {@code dso secret set}. */
    Stopwatch.Run set(long number) {
        return dso(Redirect.from(value(number).toFile()), "secret", "set", SECRET);
    }

    /** Runs the command line. */
    Stopwatch.Run dso(Redirect input, String... arguments) {
        var environment = Map.of(
                "DSO_SOCKET", run.resolve("dso.sock").toString(),
                "DSO_VAULT", directory.resolve("vault").toString(),
                "DSO_KEY_FILE", directory.resolve("key").toString());
        var command = Stream.concat(Stream.of(setup.home().resolve("bin/dso").toString()), Arrays.stream(arguments));
        return stopwatch.run(environment, input, command.toArray(String[]::new));
    }

    /**
     * A start, in milliseconds from exec.
     *
     * @param activated until the driver's socket answered Plugin.Activate
     * @param ready until /q/health/ready answered 200
     */
    record Started(Agent agent, long pid, double activated, double ready) implements AutoCloseable {
        /** The one provider that it started. */
        long provider() {
            return ProcessHandle.of(pid)
                    .flatMap(handle -> handle.children().findFirst())
                    .orElseThrow(() -> new IllegalStateException("the agent has no provider"))
                    .pid();
        }

        /** Stops it in order; it can be started again. */
        @Override
        public void close() {
            agent.stop();
        }
    }

    /** Starts it and waits until it is ready. */
    Started start() {
        var log = Redirect.appendTo(directory.resolve("log").toFile());
        process = stopwatch.start(
                Map.of("DOCKER_HOST", "unix://" + dockerSocket),
                Redirect.from(Path.of("/dev/null").toFile()),
                log,
                "agent",
                socket().toString(),
                Integer.toString(healthPort),
                setup.home().resolve("bin/dso-agent").toString(),
                "--config",
                directory.resolve("dso.yaml").toString(),
                "--run-dir",
                run.toString(),
                "--state-dir",
                directory.resolve("state").toString(),
                "--driver-socket",
                socket().toString(),
                "--health-address",
                "127.0.0.1:" + healthPort);
        var times = Stopwatch.numbers(process);
        if (times.length < 4) {
            throw new IllegalStateException("the agent ended: see " + directory.resolve("log"));
        }
        return new Started(this, times[0], (times[2] - times[1]) / 1e6, (times[3] - times[1]) / 1e6);
    }

    /** What it said last. */
    String logTail() {
        try {
            var lines = Files.readAllLines(directory.resolve("log"));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
        } catch (IOException e) {
            return "the agent has no log: " + e.getMessage();
        }
    }

    private void stop() {
        if (process == null) {
            return;
        }
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process = null;
    }

    /** Ends it, and leaves neither a mount nor a socket. */
    @Override
    public void close() {
        stop();
        try {
            new ProcessBuilder("umount", "-l", run.resolve("volumes").toString())
                    .redirectError(Redirect.DISCARD)
                    .start()
                    .waitFor();
            Files.deleteIfExists(socket());
            Files.deleteIfExists(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
