package io.dso.cli.agent;

import java.time.Duration;
import picocli.CommandLine.Option;

/** The option of commands that wait for rotations. */
final class Timeout {
    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "5m",
            description = "How long to wait; rotations go on all the same. Default: ${DEFAULT-VALUE}")
    private Duration duration = Duration.ofMinutes(5);

    Duration duration() {
        return duration;
    }
}
