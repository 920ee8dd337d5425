package io.dso.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs the static program of that name: a JVM's own way to start and reap a process takes longer than what is measured. */
final class Stopwatch {
    private final Path program;

    Stopwatch(Path program) {
        this.program = program;
    }

    Path program() {
        return program;
    }

    /** Nanoseconds of the monotonic clock. */
    record Run(long began, long ended) {
        double millis() {
            return (ended - began) / 1e6;
        }
    }

    /**
     * Runs a command to its end.
     *
     * @param input what it reads
     */
    Run run(Map<String, String> environment, Redirect input, String... command) {
        var line = Stream.concat(Stream.of("run"), Arrays.stream(command)).toArray(String[]::new);
        var numbers = numbers(start(environment, input, Redirect.INHERIT, line));
        if (numbers.length < 3 || numbers[2] != 0) {
            throw new IllegalStateException("failed, " + Arrays.toString(numbers) + ": " + String.join(" ", command));
        }
        return new Run(numbers[0], numbers[1]);
    }

    /** Puts a file's bytes elsewhere by one rename. @return when it was done */
    long publish(Path value, Path file) {
        return numbers(start(Map.of(), Redirect.from(value.toFile()), Redirect.INHERIT, "publish", file.toString()))[0];
    }

    /** Starts the program; its first line tells the rest. */
    Process start(Map<String, String> environment, Redirect input, Redirect errors, String... arguments) {
        var line = Stream.concat(Stream.of(program.toString()), Arrays.stream(arguments))
                .toList();
        var builder = new ProcessBuilder(line).redirectInput(input).redirectError(errors);
        builder.environment().keySet().retainAll(List.of("PATH"));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The numbers in the first line that the process prints; none if it ends without. */
    static long[] numbers(Process process) {
        var lines = new BufferedReader(process.inputReader());
        try {
            var line = lines.readLine();
            return line == null
                    ? new long[0]
                    : Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
