package io.dso.provider.tck;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A provider written in Java, as its own tests execute it: the executable that {@code -Ddso.provider=FILE} names, or else
 * its main class, on this JVM.
 *
 * @param main its main class
 * @param directory for its configuration, its socket and scripts
 */
public record JavaProvider(Class<?> main, Path directory) {

    /** What a {@link Subject} wants. */
    public Path executable() throws IOException {
        var given = System.getProperty("dso.provider");
        return given != null ? Path.of(given).toAbsolutePath() : script(main);
    }

    /** An executable that runs a class of this class path on this JVM, such as one that changes a secret. */
    public Path script(Class<?> main) throws IOException {
        var command = Stream.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName())
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
        var script =
                Files.writeString(directory.resolve(main.getSimpleName()), "#!/bin/sh\nexec " + command + " \"$@\"\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }

    /** Starts it with this configuration, a JSON object, and an empty environment, and waits until it serves. */
    public Served serve(String config) throws IOException, InterruptedException {
        var running = start(config);
        try {
            return new Served(running.awaitListening());
        } catch (Nonconformity | InterruptedException e) {
            running.close();
            throw e;
        }
    }

    /** Why it refuses this configuration: its last words, before it ended as one does that is misconfigured. */
    public String refusal(String config) throws IOException, InterruptedException {
        try (var running = start(config)) {
            int code = running.awaitEnd(Patience.USUAL.start(), "with a configuration to refuse");
            Nonconformity.unless(
                    code == ProcessChecks.MISCONFIGURED, "it ends with " + code + ": " + running.lastLine());
            return running.lastLine();
        }
    }

    private Running start(String config) throws IOException {
        var file = Files.writeString(directory.resolve("config"), config);
        var socket = directory.resolve("s");
        var command = List.of(executable().toString(), "--socket", socket.toString(), "--config", file.toString());
        return Running.start(socket, command, Patience.USUAL);
    }
}
