package io.dso.provider.local.vault;

import static io.dso.provider.local.vault.Values.secret;
import static io.dso.provider.local.vault.Values.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.provider.local.vault.VaultException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VaultTest {
    private static final SecretPath DB = new SecretPath("shop/db_password");
    private static final SecretPath TLS = new SecretPath("shop/tls");

    @TempDir
    Path directory;

    private Path file;
    private KeySource.KeyFile key;

    @BeforeEach
    void make() {
        file = directory.resolve("local.vault");
        key = KeySource.createKeyFile(directory.resolve("local.key"));
        Vault.create(file, key, 10).close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.dso.provider.local.vault.Values#odd")
    void a_value_comes_back_as_the_same_bytes(String name, byte[] value) {
        try (var vault = vault()) {
            long number = vault.put(DB, secret(value)).number();

            assertThat(value(vault, DB, number)).isEqualTo(value);
        }
        try (var again = vault()) {
            assertThat(value(again, DB, 1)).isEqualTo(value);
        }
    }

    @Test
    void no_part_of_a_value_or_of_a_name_is_in_the_file() throws IOException {
        try (var vault = vault()) {
            vault.put(DB, secret("a-value-that-is-easy-to-find"));
        }

        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                .doesNotContain("easy-to-find")
                .doesNotContain("db_password");
    }

    @Test
    void short_values_of_different_lengths_make_files_of_the_same_length() throws IOException {
        var other = directory.resolve("other.vault");
        try (var one = vault();
                var two = Vault.create(other, key, 10)) {
            one.put(DB, secret("1234"));
            two.put(DB, secret("a much longer passphrase with many words in it"));
        }

        assertThat(Files.size(file)).isEqualTo(Files.size(other));
    }

    @Test
    void versions_count_up_and_old_ones_stay_readable() {
        try (var vault = vault()) {
            vault.put(DB, secret("one"));
            vault.put(DB, secret("two"));

            assertThat(vault.current(DB).orElseThrow().id()).isEqualTo("2");
            assertThat(value(vault, DB, 1)).isEqualTo(text("one"));
            assertThat(value(vault, DB, 2)).isEqualTo(text("two"));
            assertThat(vault.read(DB, 3)).isEmpty();
            assertThat(vault.read(TLS, 1)).isEmpty();
        }
    }

    @Test
    void the_ten_newest_versions_are_kept() {
        try (var vault = vault()) {
            IntStream.rangeClosed(1, 12).forEach(i -> vault.put(DB, secret("v" + i)));

            assertThat(vault.history(DB))
                    .extracting(Version::number)
                    .containsExactly(12L, 11L, 10L, 9L, 8L, 7L, 6L, 5L, 4L, 3L);
            assertThat(vault.read(DB, 2)).isEmpty();
            assertThat(value(vault, DB, 3)).isEqualTo(text("v3"));
        }
    }

    @Test
    void a_vault_made_to_keep_one_version_keeps_one() {
        try (var vault = Vault.create(directory.resolve("one.vault"), key, 1)) {
            vault.put(DB, secret("old"));
            vault.put(DB, secret("new"));

            assertThat(vault.history(DB)).extracting(Version::id).containsExactly("2");
        }
    }

    @Test
    void a_delete_destroys_every_value_and_keeps_the_history() {
        try (var vault = vault()) {
            vault.put(DB, secret("one"));
            vault.put(DB, secret("two"));
            vault.put(TLS, secret("stays"));

            assertThat(vault.delete(DB).orElseThrow().id()).isEqualTo("3");

            assertThat(vault.current(DB)).isEmpty();
            assertThat(vault.read(DB, 1)).isEmpty();
            assertThat(vault.read(DB, 2)).isEmpty();
            assertThat(vault.names()).containsExactly(TLS);
            assertThat(vault.history(DB))
                    .extracting(Version::kind)
                    .containsExactly(Version.Kind.DELETED, Version.Kind.DESTROYED, Version.Kind.DESTROYED);
            assertThat(value(vault, TLS, 1)).isEqualTo(text("stays"));
        }
    }

    @Test
    void a_number_is_never_used_again_after_a_delete() {
        try (var vault = vault()) {
            vault.put(DB, secret("one"));
            vault.delete(DB);

            assertThat(vault.put(DB, secret("again")).id()).isEqualTo("3");
        }
    }

    @Test
    void deleting_what_is_not_there_changes_nothing() throws IOException {
        var before = FileIdentity.of(file);
        try (var vault = vault()) {
            assertThat(vault.delete(DB)).isEmpty();
        }

        assertThat(FileIdentity.of(file)).isEqualTo(before);
    }

    @Test
    void every_write_makes_another_file() throws IOException {
        var before = FileIdentity.of(file);
        try (var vault = vault()) {
            vault.put(DB, secret("x"));
        }

        assertThat(FileIdentity.of(file)).isNotEqualTo(before);
    }

    @Test
    void times_come_from_the_clock() {
        var noon = Instant.parse("2026-01-01T12:00:00.123Z");
        try (var vault = new Vault(file, key, InstantSource.fixed(noon), Duration.ofSeconds(1))) {
            assertThat(vault.put(DB, secret("x")).created()).isEqualTo(noon);
            assertThat(vault.current(DB).orElseThrow().created()).isEqualTo(noon);
        }
    }

    @Test
    void a_value_beyond_one_mebibyte_is_refused() {
        try (var vault = vault()) {
            assertThatThrownBy(() -> vault.put(DB, secret(new byte[(1 << 20) + 1])))
                    .isInstanceOfSatisfying(
                            VaultException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE));
        }
    }

    @Test
    void an_open_snapshot_keeps_reading_the_state_of_its_moment() {
        try (var vault = vault()) {
            vault.put(DB, secret("before"));
            try (var snapshot = vault.snapshot()) {
                vault.delete(DB);

                assertThat(snapshot.current(DB)).isPresent();
                try (var value = snapshot.read(DB, 1).orElseThrow()) {
                    assertThat(value.<byte[]>use(byte[]::clone)).isEqualTo(text("before"));
                }
            }
        }
    }

    @Test
    void mode_and_owner_of_the_file_stay_as_the_administrator_set_them() throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        boolean root = (Integer) Files.getAttribute(directory, "unix:uid") == 0;
        if (root) {
            Files.setAttribute(file, "unix:uid", 4711);
            Files.setAttribute(file, "unix:gid", 4712);
        }
        var before = FileOwner.of(file);

        try (var vault = vault()) {
            vault.put(DB, secret("x"));
        }

        assertThat(FileOwner.of(file)).isEqualTo(before);
    }

    @Test
    void a_link_to_a_vault_stays_a_link() throws IOException {
        var link = Files.createSymbolicLink(directory.resolve("link.vault"), file);
        try (var vault = Vault.open(link, key)) {
            vault.put(DB, secret("x"));
        }

        assertThat(link).isSymbolicLink();
        try (var vault = vault()) {
            assertThat(value(vault, DB, 1)).isEqualTo(text("x"));
        }
    }

    @Test
    void a_second_vault_does_not_replace_the_first() {
        assertThatThrownBy(() -> Vault.create(file, key, 10))
                .isInstanceOfSatisfying(
                        VaultException.class, e -> assertThat(e.reason()).isEqualTo(Reason.PRESENT));
    }

    @Test
    void a_missing_vault_is_named_with_the_way_to_make_one() {
        assertThatThrownBy(() -> Vault.open(directory.resolve("none"), key))
                .isInstanceOfSatisfying(VaultException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.ABSENT);
                    assertThat(e.fix()).contains("dso secret init");
                });
    }

    @Test
    void writers_of_one_vault_wait_for_each_other_and_lose_nothing() throws Exception {
        try (var one = vault();
                var two = vault();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = IntStream.range(0, 20)
                    .<Callable<Version>>mapToObj(i -> () -> (i % 2 == 0 ? one : two).put(DB, secret("v" + i)))
                    .toList();

            assertThat(threads.invokeAll(tasks))
                    .extracting(future -> future.resultNow().number())
                    .doesNotHaveDuplicates()
                    .hasSize(20);
            assertThat(one.current(DB).orElseThrow().number()).isEqualTo(20);
        }
    }

    @Test
    void a_writer_that_waits_too_long_says_who_is_in_the_way() {
        try (var vault = new Vault(file, key, InstantSource.system(), Duration.ofMillis(20));
                var _ = VaultLock.acquire(file, Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> vault.put(DB, secret("x")))
                    .isInstanceOfSatisfying(
                            VaultException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LOCKED));
            assertThat(vault.current(DB)).isEmpty();
        }
    }

    @Test
    void a_value_prints_as_dots_and_is_gone_once_closed() {
        var value = secret("secret");
        assertThat(value).hasToString("••••");

        value.close();

        assertThatThrownBy(() -> value.use(bytes -> bytes.length)).isInstanceOf(IllegalStateException.class);
    }

    private Vault vault() {
        return Vault.open(file, key);
    }

    private static byte[] value(Vault vault, SecretPath name, long number) {
        try (var value = vault.read(name, number).orElseThrow()) {
            return value.use(byte[]::clone);
        }
    }
}
