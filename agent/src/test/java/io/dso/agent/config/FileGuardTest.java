package io.dso.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dso.agent.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileGuardTest {
    @TempDir
    Path temp;

    @ParameterizedTest
    @CsvSource({"rw-------", "rw-r-----", "r--------", "r--r-----"})
    void modes_that_let_nobody_else_in_are_fine(String mode) throws IOException {
        assertThat(read(file("dso: {}", mode))).isInstanceOf(Loaded.Good.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-rw-rw-", "rw-r--r--", "rw-rw----", "rwx------", "rw------x"})
    void modes_that_let_others_in_are_refused_with_the_command_that_mends_it(String mode) throws IOException {
        var file = file("dso: {}", mode);

        assertThat(only(read(file)).fix()).isEqualTo("chmod 0640 " + file);
        assertThat(only(read(file)).id().code()).isEqualTo("DSO-1002");
    }

    @Test
    void a_file_of_another_user_is_refused() throws IOException {
        assumeTrue(isRoot(), "only root can give a file away");
        var file = file("dso: {}", "rw-------");
        Files.setAttribute(file, "unix:uid", 1000);

        assertThat(only(read(file)).what()).contains("belongs to uid 1000");
        assertThat(only(read(file)).fix()).isEqualTo("chown root " + file);
    }

    @Test
    void owner_and_mode_are_told_together() throws IOException {
        assumeTrue(isRoot(), "only root can give a file away");
        var file = file("dso: {}", "rw-rw-rw-");
        Files.setAttribute(file, "unix:uid", 1000);

        assertThat(problems(read(file))).hasSize(2);
    }

    @Test
    void a_missing_file_a_folder_and_a_dangling_link_are_told_apart_from_bad_content() throws IOException {
        var link = Files.createSymbolicLink(temp.resolve("link"), temp.resolve("nowhere"));

        assertThat(only(read(temp.resolve("nothing.yaml"))).what()).isEqualTo("there is no configuration file");
        assertThat(only(read(link)).what()).isEqualTo("there is no configuration file");
        assertThat(only(read(temp)).what()).isEqualTo("the configuration is not a regular file");
    }

    @Test
    @Timeout(10)
    void a_pipe_is_refused_without_waiting_for_its_writer() throws Exception {
        var pipe = temp.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", "-m", "600", pipe.toString())
                        .start()
                        .waitFor())
                .isZero();

        assertThat(only(read(pipe)).what()).isEqualTo("the configuration is not a regular file");
    }

    @Test
    void a_link_to_a_good_file_is_followed() throws IOException {
        var link = Files.createSymbolicLink(temp.resolve("link"), file("dso: {}", "rw-------"));

        assertThat(read(link)).isInstanceOf(Loaded.Good.class);
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.SECONDS)
    void more_than_a_mebibyte_is_refused() throws IOException {
        assertThat(only(read(file("#".repeat(1 << 20) + "\ndso: {}", "rw-------")))
                        .what())
                .isEqualTo("the configuration is larger than 1 MiB");
        assertThat(read(file("dso: {} " + "#".repeat((1 << 20) - 8), "rw-------")))
                .isInstanceOf(Loaded.Good.class);
    }

    @Test
    void bytes_that_are_no_text_are_refused() throws IOException {
        var file = file("dso: {}", "rw-------");
        Files.write(file, "dso: { full-pass: \u00e4 }".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(only(read(file)).what()).isEqualTo("the configuration is not UTF-8 text");

        Files.writeString(file, "dso:\n  providers: \u0001");
        assertThat(only(read(file)).where()).isEqualTo(file + ":2");
        assertThat(only(read(file)).what()).contains("U+0001");
    }

    @Test
    void syntax_errors_do_not_quote_the_line_they_are_on() throws IOException {
        var file = file("dso:\n  providers: { local: { kind: local, password: \"hunter2\n", "rw-------");

        assertThat(only(read(file)).line()).doesNotContain("hunter2");
    }

    private Path file(String yaml, String mode) throws IOException {
        var file = Files.writeString(temp.resolve("dso.yaml"), yaml);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static Path executable(String kind) {
        return Path.of("/libexec/dso-provider-" + kind);
    }

    private static Loaded read(Path file) {
        return ConfigFile.read(file, FileGuardTest::executable);
    }

    private static Problem only(Loaded loaded) {
        assertThat(problems(loaded)).hasSize(1);
        return problems(loaded).getFirst();
    }

    private static List<Problem> problems(Loaded loaded) {
        return switch (loaded) {
            case Loaded.Bad(var problems) -> problems;
            case Loaded.Good(var settings) -> throw new AssertionError("no mistake in " + settings);
        };
    }

    private static boolean isRoot() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    }
}
