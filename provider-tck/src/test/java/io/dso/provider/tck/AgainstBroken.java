package io.dso.provider.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.sdk.SecretName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;

/** Tries the kit on a provider with a fault. */
abstract class AgainstBroken {
    /** Short for what hangs, long enough for a busy machine. */
    private static final Patience PATIENCE = new Patience(
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3));

    @TempDir
    Path directory;

    final List<Result> run(Subject subject, List<Check> checks) throws IOException {
        try (var bench = Bench.in(directory, subject, PATIENCE)) {
            return Kit.run(bench, checks, _ -> {});
        }
    }

    final Subject subject(Path program) throws IOException {
        var state = Files.writeString(directory.resolve("state"), "1");
        var config = Files.writeString(directory.resolve("config.json"), "{\"state\":\"%s\"}".formatted(state));
        return new Subject(
                program,
                config,
                List.of(new SecretName("good", ""), new SecretName("good-too", "key")),
                List.of("/bin/sh", "-c", "printf x >>'" + state + "'"));
    }

    /** Writes an executable that is the provider with this fault. */
    static Path program(Path file, String fault) throws IOException {
        var command =
                BrokenProvider.command().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        Files.writeString(file, "#!/bin/sh\nexec " + command + " " + fault + " \"$@\"\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    static List<Check> only(String id) {
        var found = Kit.checks().stream().filter(check -> check.id().equals(id)).toList();
        assertThat(found).as(id).hasSize(1);
        return found;
    }
}
