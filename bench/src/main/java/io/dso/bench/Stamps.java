package io.dso.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** What the stopwatch in a container wrote down. How late it is read here doesn't matter: it carries its times. */
final class Stamps {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final Path file;

    Stamps(Path file) {
        this.file = file;
    }

    /** Waits for what is looked for in its lines, each cut into words. */
    <T> T await(String what, Function<List<String[]>, Optional<T>> wanted) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            var found = wanted.apply(lines());
            if (found.isPresent()) {
                return found.get();
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new IllegalStateException(what + ": not within " + LIMIT);
    }

    /** When a file, by its index, was first seen with this number. */
    long seen(int index, long number) {
        return await(
                "file %d with number %d is seen".formatted(index, number),
                lines -> lines.stream()
                        .filter(line ->
                                line[0].equals(Integer.toString(index)) && line[1].equals(Long.toString(number)))
                        .map(line -> Long.parseLong(line[2]))
                        .findFirst());
    }

    private List<String[]> lines() {
        try {
            if (!Files.exists(file)) {
                return List.of();
            }
            var text = Files.readString(file);
            return text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .map(line -> line.split(" "))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
