package io.dso.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each file in {@code config/mistakes} and what is said about it; {@code -Ddso.update} writes that anew. */
class ConfigMistakesTest {
    private static final Path FOLDER = Path.of("src/test/resources/config/mistakes");

    @TempDir
    Path temp;

    static Stream<String> files() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .map(name -> name.substring(0, name.length() - ".yaml".length()))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void all_mistakes_are_told_at_once_with_line_and_fix(String name) throws IOException {
        var file = Files.copy(FOLDER.resolve(name + ".yaml"), temp.resolve("dso.yaml"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        var told = told(ConfigFile.read(file, kind -> Path.of("/usr/libexec/dso/dso-provider-" + kind)));

        var expected = FOLDER.resolve(name + ".expected");
        if (Boolean.getBoolean("dso.update")) {
            Files.writeString(expected, told);
        }
        assertThat(told).isEqualTo(Files.readString(expected));
    }

    private String told(Loaded loaded) {
        return switch (loaded) {
            case Loaded.Good(var settings) -> "good: " + settings + "\n";
            case Loaded.Bad(var problems) ->
                problems.stream()
                        .map(problem -> "error: %s [%s]\n   at: %s\n  fix: %s\n"
                                .formatted(
                                        problem.what(),
                                        problem.id().code(),
                                        problem.where().replace(temp.toString(), "/etc/dso"),
                                        problem.fix().replace(temp.toString(), "/etc/dso")))
                        .collect(Collectors.joining());
        };
    }
}
