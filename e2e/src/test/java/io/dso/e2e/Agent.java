package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An agent with a run directory, a driver socket, a configuration and a local vault of its own. It can be started, stopped,
 * killed and asked through the {@code dso} command, as often as a test likes.
 */
final class Agent implements AutoCloseable {
    /** What Java itself says, with a stack trace and exit code 1, when it gets a signal before it runs any code of ours. */
    static final String JAVA_NOT_UP = "Error occurred during initialization of VM";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final String driver;
    private final Path directory;
    private final Path driverSocket;
    private final Path log;
    private final int healthPort;
    private String dockerHost;
    private @Nullable Process process;

    /**
     * An agent that the engine finds by the driver's name.
     *
     * @param driver the driver's name, and with {@code .sock} the socket's
     * @param directory for all its files; made here
     */
    Agent(Engine engine, String driver, Path directory) {
        this(engine, driver, directory, Path.of("/run/docker/plugins", driver + ".sock"));
    }

    Agent(Engine engine, String driver, Path directory, Path driverSocket) {
        this.dockerHost = engine.host();
        this.driver = driver;
        this.directory = directory;
        this.driverSocket = driverSocket;
        this.log = Settings.logs().resolve(driver + ".log");
        this.healthPort = Settings.freePort();
        try {
            Files.createDirectories(directory);
            Files.createDirectories(log.getParent());
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        dso("secret", "init").succeeded();
    }

    String driver() {
        return driver;
    }

    Path directory() {
        return directory;
    }

    Path runDirectory() {
        return directory.resolve("run");
    }

    Path configFile() {
        return directory.resolve("dso.yaml");
    }

    Path vault() {
        return directory.resolve("local.vault");
    }

    Path keyFile() {
        return directory.resolve("local.key");
    }

    Path driverSocket() {
        return driverSocket;
    }

    Path controlSocket() {
        return runDirectory().resolve("dso.sock");
    }

    Path logFile() {
        return log;
    }

    String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- configuration and secrets

    /** A configuration with the local provider and these bundles. */
    Agent configure(String bundles) {
        return configureWhole("dso:\n  providers:\n" + localProvider() + "  bundles:\n"
                + bundles.stripTrailing().indent(4));
    }

    /** The local provider's lines of a configuration, with more keys of it if given. */
    String localProvider(String... more) {
        var extra = more.length == 0 ? "" : ", " + String.join(", ", more);
        return "    local: { kind: local, config: { vault: %s, key-file: %s }%s }%n"
                .formatted(vault(), keyFile(), extra);
    }

    Agent configureWhole(String yaml) {
        try {
            Files.writeString(configFile(), yaml);
            Files.setPosixFilePermissions(configFile(), PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** As {@code dso secret set} does, but without a process. */
    Agent secret(String name, byte[] value) {
        try (var vault = new VaultWriter(vault(), keyFile())) {
            vault.put(name, value);
        }
        return this;
    }

    Agent secret(String name, String value) {
        return secret(name, value.getBytes(UTF_8));
    }

    // ---- its life

    /** From its next start on it finds the engine here. */
    Agent reaching(String host) {
        dockerHost = host;
        return this;
    }

    /** Starts it and waits until it is ready. */
    Agent start() {
        launch();
        awaitReady();
        return this;
    }

    /** Starts it and doesn't wait. */
    Agent launch() {
        try {
            var command = new Command(
                    List.of(
                            Settings.home().resolve("bin/dso-agent").toString(),
                            "--config",
                            configFile().toString(),
                            "--run-dir",
                            runDirectory().toString(),
                            "--driver-socket",
                            driverSocket.toString(),
                            "--state-dir",
                            directory.resolve("state").toString(),
                            "--health-address",
                            "127.0.0.1:" + healthPort),
                    Map.of("DOCKER_HOST", dockerHost),
                    new byte[0],
                    Duration.ofSeconds(1));
            process = command.start(new ProcessBuilder()
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    void awaitReady() {
        Await.value("agent " + driver + " is ready", Duration.ofSeconds(60), () -> health("ready"), Health::up);
    }

    boolean runs() {
        return process != null && process.isAlive();
    }

    long pid() {
        return running().pid();
    }

    /** An orderly stop, as by an init system. */
    int stop() {
        return end(Process::destroy);
    }

    /** kill -9. */
    void kill() {
        end(Process::destroyForcibly);
    }

    private int end(Consumer<Process> how) {
        var ending = running();
        how.accept(ending);
        try {
            if (!ending.waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError("agent " + driver + " did not end within 20 s\n" + logTail());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        process = null;
        return ending.exitValue();
    }

    void signal(String name) {
        Command.of("kill", "-" + name, Long.toString(pid())).run().succeeded();
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("agent " + driver + " is not running");
        }
        return process;
    }

    /** The processes of providers that the agent started. */
    Stream<ProcessHandle> providerProcesses() {
        var sockets = runDirectory().resolve("providers").toString();
        return running()
                .toHandle()
                .descendants()
                .filter(child -> commandLine(child.pid()).contains(sockets));
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    // ---- asking it

    Command dsoCommand(String... arguments) {
        var line = Stream.concat(Stream.of(Settings.home().resolve("bin/dso").toString()), Arrays.stream(arguments));
        var environment = Map.of(
                "DSO_SOCKET", controlSocket().toString(),
                "DSO_VAULT", vault().toString(),
                "DSO_KEY_FILE", keyFile().toString());
        return new Command(line.toList(), environment, new byte[0], Duration.ofSeconds(60));
    }

    Outcome dso(String... arguments) {
        return dsoCommand(arguments).run();
    }

    /** Waits for rotations under way, however they end: {@code status} shows a mark before the rotation is over. */
    void awaitRotations() {
        dso("sync");
    }

    JsonNode json(String... arguments) {
        var withOutput = Stream.concat(Arrays.stream(arguments), Stream.of("--output", "json"));
        return parse(dso(withOutput.toArray(String[]::new)).succeeded().stdout());
    }

    static JsonNode parse(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + new String(json, UTF_8), e);
        }
    }

    /** One of {@code live}, {@code ready}, {@code started}. */
    Health health(String which) {
        return new Health(get("/q/health/" + which));
    }

    /** The sum of all samples of a metric, whatever their labels; 0 if there are none. */
    double metric(String name) {
        return get("/q/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private Answer get(String path) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            var response = HTTP.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new AssertionError(path + " of agent " + driver + " does not answer: " + e + "\n" + logTail(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    record Answer(int status, String text) {}

    record Health(Answer answer) {
        boolean up() {
            return answer.status() == 200;
        }

        String text() {
            return answer.text();
        }
    }

    /** The lines of the log that a stack trace follows, without those that aren't the agent's to mend. */
    Set<String> stackTraces() {
        var found = new LinkedHashSet<String>();
        var head = "";
        var before = "";
        for (var line : log().lines().toList()) {
            if (!line.startsWith("\t")) {
                before = head;
                head = line;
            } else if (line.startsWith("\tat ") && !isAnothers(before, head)) {
                found.add(head);
            }
        }
        return found;
    }

    /**
     * The machine has too much to do; Java was stopped before it was up; or a probe came in the moment between Vert.x's bind
     * of the health port and its next line (4.5.30), and was closed.
     */
    private boolean isAnothers(String before, String head) {
        return head.contains("BlockedThreadChecker")
                || before.equals(JAVA_NOT_UP)
                || (head.contains("[ChannelInitializer] Failed to initialize a channel")
                        && head.contains("L:/127.0.0.1:" + healthPort + " "));
    }

    String logTail() {
        var lines = log().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }

    /** Ends it if it still runs, and leaves neither a mount nor a socket. */
    @Override
    public void close() {
        if (runs()) {
            running().destroy();
            try {
                if (!running().waitFor(10, TimeUnit.SECONDS)) {
                    kill();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        Command.of("umount", "-l", runDirectory().resolve("volumes").toString()).run();
        try {
            Files.deleteIfExists(driverSocket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
