package io.dso.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/**
 * What a command finds around it.
 *
 * @param out for data, unbuffered
 * @param err for talk
 */
public record Surroundings(
        InputStream in,
        OutputStream out,
        PrintStream err,
        Terminal terminal,
        Map<String, String> environment,
        InstantSource clock) {

    /** Those of this process. Its streams aren't {@code System.in} and {@code System.out}: they keep what went through. */
    static Surroundings ofProcess() {
        return new Surroundings(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                new ProcessTerminal(),
                System.getenv(),
                InstantSource.system());
    }

    /** A path that an environment variable may name. */
    public Path path(String variable, String otherwise) {
        var value = environment.getOrDefault(variable, "");
        return Path.of(value.isEmpty() ? otherwise : value);
    }
}
