package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** A container that was started. */
record Container(Engine engine, String id) {

    Outcome exec(String... command) {
        var arguments = new ArrayList<>(List.of("exec", id));
        arguments.addAll(List.of(command));
        return engine.docker(arguments.toArray(String[]::new));
    }

    /** The bytes of a file as a process in the container sees them; works without any tool in the image. */
    byte[] file(String path) throws IOException {
        return Files.readAllBytes(inside(path));
    }

    /** The host's way to a path of the container; only for images whose links can be trusted. */
    Path inside(String path) {
        // Links in /proc/PID/root that are absolute would leave the container: DSO's are relative.
        return Path.of("/proc/" + pid() + "/root" + path);
    }

    boolean has(String path, String expected) throws IOException {
        return Arrays.equals(file(path), expected.getBytes(UTF_8));
    }

    void awaitFile(String path, byte[] expected) {
        Await.until(
                path + " of container " + name() + " holds the new bytes",
                Duration.ofSeconds(15),
                () -> Arrays.equals(file(path), expected));
    }

    void awaitFile(String path, String expected) {
        awaitFile(path, expected.getBytes(UTF_8));
    }

    /**
     * A fact from the engine's view of it.
     *
     * @param pointer a JSON pointer, e.g. {@code /State/Pid}
     */
    String inspect(String pointer) {
        return Agent.parse(engine.get("/containers/" + id + "/json"))
                .at(pointer)
                .asText();
    }

    long pid() {
        return Long.parseLong(inspect("/State/Pid"));
    }

    String name() {
        return inspect("/Name").substring(1);
    }

    boolean runs() {
        return inspect("/State/Running").equals("true");
    }

    String startedAt() {
        return inspect("/State/StartedAt");
    }

    /** What it printed so far, both streams. */
    String logs() {
        var frames = ByteBuffer.wrap(engine.get("/containers/" + id + "/logs?stdout=1&stderr=1"));
        var printed = new StringBuilder();
        while (frames.remaining() >= 8) { // stream, three zeros, length; then so many bytes
            var frame = new byte[frames.position(frames.position() + 4).getInt()];
            frames.get(frame);
            printed.append(new String(frame, UTF_8));
        }
        return printed.toString().strip();
    }

    void awaitLogs(String what, Predicate<String> good) {
        Await.value("container " + name() + " prints " + what, Duration.ofSeconds(20), this::logs, good);
    }

    void awaitLine(String line) {
        awaitLogs("the line '" + line + "'", logs -> logs.lines().anyMatch(line::equals));
    }

    /** Sends the signal and waits for the end. */
    Container stopBy(String signal) {
        engine.docker("kill", "--signal", signal, id).succeeded();
        engine.docker("wait", id).succeeded();
        return this;
    }

    boolean runsSince(String startedAt) {
        return runs() && startedAt().equals(startedAt);
    }

    void assertRunsSince(String startedAt) {
        assertThat(runs()).as("container %s runs", name()).isTrue();
        assertThat(startedAt()).as("start of container %s", name()).isEqualTo(startedAt);
    }
}
