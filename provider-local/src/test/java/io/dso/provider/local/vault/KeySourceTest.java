package io.dso.provider.local.vault;

import static io.dso.provider.local.vault.Values.secret;
import static io.dso.provider.local.vault.Values.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.provider.local.vault.VaultException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeySourceTest {
    private static final SecretPath DB = new SecretPath("db");
    private static final KeyDerivation.Argon2id QUICK = new KeyDerivation.Argon2id(64, 1, 1);

    @TempDir
    Path directory;

    @Test
    void a_made_key_file_is_readable_by_its_owner_alone_and_holds_64_hexadecimal_digits() throws IOException {
        var file = KeySource.createKeyFile(directory.resolve("k")).file();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file)).matches("[0-9a-f]{64}\n");
    }

    @Test
    void a_key_file_is_never_overwritten() {
        var file = KeySource.createKeyFile(directory.resolve("k")).file();

        refused(Reason.PRESENT, () -> KeySource.createKeyFile(file));
    }

    @Test
    void raw_bytes_and_their_hexadecimal_form_are_the_same_key() throws IOException {
        byte[] raw = new byte[32];
        raw[0] = (byte) 0xff;
        raw[31] = '\n';
        var key = new KeySource.KeyFile(write("raw", raw));
        try (var vault = Vault.create(directory.resolve("v"), key, 10)) {
            vault.put(DB, secret("x"));
        }

        for (var ending : new String[] {"", "\n", "\r\n"}) {
            var hex = write("hex", text(HexFormat.of().withUpperCase().formatHex(raw) + ending));
            try (var vault = Vault.open(directory.resolve("v"), new KeySource.KeyFile(hex))) {
                assertThat(vault.current(DB)).isPresent();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw-r-----", "rw----r--", "rw--w----"})
    void a_key_that_others_have_access_to_is_refused_with_the_command_that_mends_it(String mode) throws IOException {
        var file = KeySource.createKeyFile(directory.resolve("k")).file();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

        assertThatThrownBy(() -> new KeySource.KeyFile(file).load()).isInstanceOfSatisfying(VaultException.class, e -> {
            assertThat(e.reason()).isEqualTo(Reason.KEY_TOO_OPEN);
            assertThat(e.fix()).isEqualTo("chmod 0600 " + file);
        });
    }

    @Test
    void a_key_file_that_only_its_owner_reads_may_be_read_only() throws IOException {
        var file = KeySource.createKeyFile(directory.resolve("k")).file();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));

        assertThat(new KeySource.KeyFile(file).load()).hasSize(32);
    }

    @ParameterizedTest
    @CsvSource({"31", "33", "63", "66", "0", "5000"})
    void a_file_of_another_length_is_no_key(int length) throws IOException {
        var file = write("k", text("a".repeat(length)));

        refused(Reason.KEY_MALFORMED, () -> new KeySource.KeyFile(file).load());
    }

    @Test
    void what_is_no_hexadecimal_digit_is_no_key_and_is_not_repeated() throws IOException {
        var file = write("k", text("a".repeat(63) + "g"));

        assertThatThrownBy(() -> new KeySource.KeyFile(file).load())
                .isInstanceOfSatisfying(
                        VaultException.class, e -> assertThat(e.reason()).isEqualTo(Reason.KEY_MALFORMED))
                .hasMessageNotContaining("aaag");
    }

    @Test
    void a_missing_key_file_is_said_to_be_missing() {
        refused(Reason.ABSENT, () -> new KeySource.KeyFile(directory.resolve("none")).load());
    }

    @Test
    void another_key_is_told_from_damage() {
        var own = KeySource.createKeyFile(directory.resolve("own"));
        var other = KeySource.createKeyFile(directory.resolve("other"));
        Vault.create(directory.resolve("v"), own, 10).close();

        refused(Reason.KEY_WRONG, () -> Vault.open(directory.resolve("v"), other));
    }

    @Test
    void a_passphrase_opens_what_it_closed_whether_or_not_its_file_ends_a_line() throws IOException {
        passphraseVault("correct horse\n");

        try (var vault = Vault.open(
                directory.resolve("v"), new KeySource.PassphraseFile(write("again", text("correct horse"))))) {
            assertThat(vault.current(DB)).isPresent();
        }
    }

    @Test
    void the_recommended_derivation_works_once_per_vault_and_not_once_per_call() throws IOException {
        var key = new KeySource.PassphraseFile(write("p", text("correct horse")));
        try (var vault = Vault.create(directory.resolve("v"), key, 10)) {
            vault.put(DB, secret("x"));
            Files.delete(key.file());
            vault.put(DB, secret("y"));

            assertThat(vault.current(DB).orElseThrow().id()).isEqualTo("2");
        }
    }

    @Test
    void another_passphrase_is_refused() throws IOException {
        passphraseVault("correct horse");
        var other = new KeySource.PassphraseFile(write("other", text("wrong horse")));

        refused(Reason.KEY_WRONG, () -> Vault.open(directory.resolve("v"), other));
    }

    @Test
    void a_short_passphrase_is_refused() throws IOException {
        var file = write("short", text("1234567\n"));

        refused(Reason.KEY_MALFORMED, () -> new KeySource.PassphraseFile(file).load());
    }

    @Test
    void a_key_file_does_not_open_a_vault_that_was_made_with_a_passphrase() throws IOException {
        passphraseVault("correct horse");
        var key = KeySource.createKeyFile(directory.resolve("k"));

        assertThatThrownBy(() -> Vault.open(directory.resolve("v"), key))
                .hasMessageContaining("made with a passphrase, and is opened with a key file");
    }

    private void passphraseVault(String passphrase) throws IOException {
        var source = new KeySource.PassphraseFile(write("passphrase", text(passphrase)));
        try (var vault = Vault.at(directory.resolve("v"), source)) {
            vault.create(QUICK, VaultIndex.empty(10));
            vault.put(DB, secret("x"));
        }
    }

    private Path write(String name, byte[] content) throws IOException {
        var file = directory.resolve(name);
        Files.write(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private static void refused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        VaultException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
