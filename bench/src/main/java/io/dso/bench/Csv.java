package io.dso.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A file with every single sample. */
final class Csv implements AutoCloseable {
    private final PrintWriter to;

    Csv(Path directory, String name, String... columns) {
        try {
            Files.createDirectories(directory);
            to = new PrintWriter(Files.newBufferedWriter(directory.resolve(name + ".csv")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        to.println(String.join(",", columns));
    }

    void line(Object... values) {
        to.println(Arrays.stream(values).map(Object::toString).collect(Collectors.joining(",")));
    }

    @Override
    public void close() {
        to.close();
    }
}
