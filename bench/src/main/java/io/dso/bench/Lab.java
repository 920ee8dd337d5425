package io.dso.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What every measurement works with.
 *
 * @param agent started and stopped by each that needs it, but always under one driver name: an engine that knows the name of
 *     a driver which is gone waits for it at the next new volume, for 15 s (docs/engine.md F14)
 */
record Lab(Setup setup, Docker docker, Stopwatch stopwatch, Agent agent) {
    /** Another one, for when several run beside each other; without a container, because of the above. */
    Agent another() {
        return new Agent(setup, stopwatch);
    }

    Csv csv(String name, String... columns) {
        return new Csv(setup.samples(), name, columns);
    }

    /** A folder on a tmpfs. */
    Path ramFolder(String name) {
        try {
            return Files.createDirectories(setup.ram().resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A container that runs the stopwatch, with a place to write its times to. */
    String createStopwatch(List<String> arguments, Path out, List<Docker.Mount> mounts) {
        var all = new ArrayList<>(mounts);
        all.add(Docker.Mount.bind(stopwatch.program(), "/stopwatch"));
        all.add(Docker.Mount.writable(out, "/out"));
        var command = new ArrayList<>(List.of("/stopwatch"));
        command.addAll(arguments);
        return docker.create(List.copyOf(command), List.copyOf(all));
    }

    /** Waits as long as the measured thing needs to be left alone. */
    static void rest(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
