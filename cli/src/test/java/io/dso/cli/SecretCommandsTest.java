package io.dso.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dso.transport.Peer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretCommandsTest {
    @TempDir
    Path directory;

    @Test
    void a_vault_from_its_making_to_a_delete() throws IOException {
        Transcript.check("secret", this::stage, Map.of(directory.toString(), "/tmp/dso"));
    }

    static Stream<Arguments> values() {
        byte[] mebibyte = new byte[1 << 20];
        new Random(7).nextBytes(mebibyte);
        return Stream.of(
                Arguments.of("nothing", new byte[0]),
                Arguments.of("NUL", new byte[] {0}),
                Arguments.of("1 MiB random", mebibyte),
                Arguments.of("emoji", "gr\u00fc\u00dfe \ud83d\udd11".getBytes(StandardCharsets.UTF_8)),
                Arguments.of("shell's favourites", "p$w\"o'r\\d".getBytes(StandardCharsets.UTF_8)),
                Arguments.of("trailing newline", "line\n\n".getBytes(StandardCharsets.UTF_8)),
                Arguments.of(
                        "PEM",
                        "-----BEGIN PRIVATE KEY-----\r\nMC4CAQ==\r\n-----END PRIVATE KEY-----\r\n"
                                .getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void a_value_goes_in_and_comes_out_byte_for_byte(String name, byte[] value) {
        stage().run("secret", "init");

        assertThat(stage().input(value).run("secret", "set", "db").exit()).isZero();

        assertThat(stage().run("secret", "get", "db").bytes()).isEqualTo(value);
        assertThat(stage().run("secret", "get", "db", "--version", "1").bytes()).isEqualTo(value);
    }

    @Test
    void a_value_of_more_than_one_mebibyte_is_refused() {
        stage().run("secret", "init");

        var outcome = stage().input(new byte[(1 << 20) + 1]).run("secret", "set", "db");

        assertThat(outcome.exit()).isEqualTo(Exit.BAD_DATA);
        assertThat(stage().run("secret", "list").out()).isEmpty();
    }

    @Test
    void a_person_is_asked_twice() {
        stage().run("secret", "init");

        assertThat(stage().typing("gr\u00fc\u00dfe \ud83d\udd11", "gr\u00fc\u00dfe \ud83d\udd11")
                        .run("secret", "set", "db")
                        .exit())
                .isZero();
        assertThat(stage().run("secret", "get", "db").out()).isEqualTo("gr\u00fc\u00dfe \ud83d\udd11");
    }

    @Test
    void answers_that_differ_set_nothing_and_are_not_repeated() {
        stage().run("secret", "init");

        var outcome = stage().typing("hunter2", "hunter3").run("secret", "set", "db");

        assertThat(outcome.exit()).isEqualTo(Exit.USAGE);
        assertThat(outcome.err()).contains("differ").doesNotContain("hunter");
        assertThat(stage().run("secret", "list").out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hunter2", "--hunter2", "-x=hunter2", "--value=hunter2"})
    void a_value_as_an_argument_is_refused_and_not_repeated(String argument) {
        stage().run("secret", "init");

        var outcome = stage().run("secret", "set", "db", argument);

        assertThat(outcome.exit()).isEqualTo(Exit.USAGE);
        assertThat(outcome.err()).contains("never an argument").doesNotContain("hunter2");
        assertThat(stage().run("secret", "list").out()).isEmpty();
    }

    @Test
    void a_binary_value_goes_to_a_terminal_only_by_force() {
        stage().run("secret", "init");
        stage().input(new byte[] {'a', 0x1b, '['}).run("secret", "set", "db");

        assertThat(stage().onTerminal().run("secret", "get", "db").exit()).isEqualTo(Exit.USAGE);
        assertThat(stage().onTerminal().run("secret", "get", "db", "--force").bytes())
                .containsExactly('a', 0x1b, '[');
        assertThat(stage().run("secret", "get", "db").bytes()).hasSize(3);
    }

    @Test
    void a_delete_is_confirmed_by_a_person() {
        stage().run("secret", "init");
        stage().input(new byte[] {1}).run("secret", "set", "db");

        assertThat(stage().typing("n").run("secret", "delete", "db").exit()).isEqualTo(Exit.FAILED);
        assertThat(stage().run("secret", "list").out()).startsWith("db\t1\t");
        assertThat(stage().typing("y").run("secret", "delete", "db").exit()).isZero();
        assertThat(stage().run("secret", "list").out()).isEmpty();
    }

    @Test
    void init_makes_a_key_that_only_its_owner_reads_and_uses_one_that_is_there() throws IOException {
        assertThat(stage().run("secret", "init").exit()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("local.key"))))
                .isEqualTo("rw-------");
        byte[] key = Files.readAllBytes(directory.resolve("local.key"));

        var second = directory.resolve("deep/er/second.vault");
        assertThat(stage().run("secret", "init", "--vault", second.toString()).exit())
                .isZero();

        assertThat(Files.readAllBytes(directory.resolve("local.key"))).isEqualTo(key);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("deep/er"))))
                .isEqualTo(Peer.self().uid() == 0 ? "rwxr-xr-x" : "rwx------");
    }

    @Test
    void as_root_init_lets_the_providers_user_read_and_set_keeps_it_so() throws IOException {
        assumeTrue(Peer.self().uid() == 0, "only root gives files away");
        var vault = directory.resolve("local.vault");
        assertThat(stage().run("secret", "init", "--user", "4711").exit()).isZero();

        assertThat(stage().input(new byte[] {'x'}).run("secret", "set", "db").exit())
                .isZero();

        assertThat(ids(vault)).isEqualTo("0 4711 rw-r-----");
        assertThat(ids(directory.resolve("local.key"))).isEqualTo("4711 4711 rw-------");
    }

    private static String ids(Path file) throws IOException {
        return Files.getAttribute(file, "unix:uid") + " " + Files.getAttribute(file, "unix:gid") + " "
                + PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void a_vault_may_have_a_passphrase_instead() throws IOException {
        var passphrase = directory.resolve("passphrase");
        Files.writeString(passphrase, "correct horse\n");
        Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
        var option = "--passphrase-file=" + passphrase;

        assertThat(stage().run("secret", "init", option).exit()).isZero();
        assertThat(stage().input(new byte[] {'x'})
                        .run("secret", option, "set", "db")
                        .exit())
                .isZero();

        assertThat(stage().run("secret", "get", "db", option).out()).isEqualTo("x");
        assertThat(directory.resolve("local.key")).doesNotExist();
    }

    private Stage stage() {
        return new Stage()
                .with("DSO_VAULT", directory.resolve("local.vault").toString())
                .with("DSO_KEY_FILE", directory.resolve("local.key").toString());
    }
}
