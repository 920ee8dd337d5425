package io.dso.provider.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dso.provider.sdk.SecretName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The providers in docs/examples, which people start theirs from, keep the contract. */
class ExamplesTest {
    private static final Path EXAMPLES =
            Path.of("../docs/examples").toAbsolutePath().normalize();
    private static final Path PAGE = Path.of("../docs/providers/write-your-own.md");
    private static final Pattern JAVA = Pattern.compile("(?sm)^```java\n(.*?)^```");

    @TempDir
    Path directory;

    private Path script(String name, String command) throws IOException {
        var script = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + command + "\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }

    /** A folder with a secret, and a command that replaces it as an administrator would. */
    private void mustConform(Path provider) throws IOException {
        var folder = Files.createDirectory(directory.resolve("folder"));
        Files.writeString(folder.resolve("db_password"), "p$w\"o'r\\d\0\n");
        var config = Files.writeString(directory.resolve("config.json"), "{\"folder\":\"" + folder + "\"}");
        var change = script("change", "cd '" + folder + "' && echo $$ >new && mv new db_password");

        var results = Kit.run(
                new Subject(provider, config, List.of(new SecretName("db_password", "")), List.of(change.toString())),
                result -> {});

        assertThat(results)
                .allSatisfy(result ->
                        assertThat(result.outcome()).as(result.check().id()).isNotInstanceOf(Outcome.Failed.class));
        assertThat(results.stream()
                        .filter(result -> result.outcome() instanceof Outcome.Skipped)
                        .map(result -> result.check().id()))
                .as("they have no push")
                .containsExactly("watch-armed", "watch-limits", "watch-1000", "watch-cancel", "watch-reports");
    }

    @Test
    void the_one_in_java_compiles_as_it_stands_and_conforms() throws IOException {
        var classes = Files.createDirectory(directory.resolve("classes"));
        int status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-Werror",
                        "-Xlint:all,-processing,-path,-classfile",
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        classes.toString(),
                        EXAMPLES.resolve("java/FolderProvider.java").toString());
        assertThat(status).as("compiles").isZero();

        mustConform(script(
                "provider",
                "exec '%s' -XX:TieredStopAtLevel=1 --sun-misc-unsafe-memory-access=allow -cp '%s:%s' io.example.FolderProvider \"$@\""
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                classes,
                                System.getProperty("java.class.path"))));
    }

    @Test
    void the_one_in_python_conforms() throws IOException {
        var folder = System.getenv("DSO_TEST_GRPCIO");
        var missing = System.getenv("DSO_TEST_GRPCIO_MISSING");
        assumeTrue(folder != null, missing != null ? missing : "grpcio for Python isn't here; ./test installs it");

        mustConform(script(
                "provider",
                "PYTHONPATH='%s:%s' exec python3 '%s' \"$@\""
                        .formatted(
                                folder,
                                Path.of("../provider-proto/src/main/protobuf")
                                        .toAbsolutePath()
                                        .normalize(),
                                EXAMPLES.resolve("python/folder_provider.py"))));
    }

    /** The page shows the sample in parts; nothing of it is left out or told differently. */
    @Test
    void the_page_shows_the_sample_in_java_as_it_is() throws IOException {
        var sample = Files.readString(EXAMPLES.resolve("java/FolderProvider.java"));
        var shown = JAVA.matcher(Files.readString(PAGE))
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(shown).isNotEmpty();
        assertThat(shown).allSatisfy(part -> assertThat(sample).contains(part.stripTrailing()));
    }

    @Test
    void the_page_says_how_many_checks_there_are() throws IOException {
        assertThat(Files.readString(PAGE)).contains("makes " + Kit.checks().size() + " checks");
    }
}
