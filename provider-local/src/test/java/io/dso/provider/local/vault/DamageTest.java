package io.dso.provider.local.vault;

import static io.dso.provider.local.vault.Values.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamageTest {
    private static final SecretPath A = new SecretPath("a");
    private static final SecretPath B = new SecretPath("b");
    private static final int BLOB = Seal.VALUE_PADDING + Seal.TAG_LENGTH;

    @TempDir
    Path directory;

    private Path file;
    private KeySource key;
    private byte[] good;

    @BeforeEach
    void make() throws IOException {
        file = directory.resolve("v");
        key = KeySource.createKeyFile(directory.resolve("k"));
        try (var vault = Vault.create(file, key, 10)) {
            vault.put(A, secret("value of a"));
            vault.put(B, secret("value of b"));
        }
        good = Files.readAllBytes(file);
    }

    @Test
    void one_changed_bit_anywhere_is_an_error_and_never_a_value() throws IOException {
        for (int position = 0; position < good.length; position++) {
            byte[] bad = good.clone();
            bad[position] ^= (byte) (1 << (position % 8));
            refused(bad, "bit in byte " + position);
        }
    }

    @Test
    void a_file_cut_short_anywhere_is_an_error() throws IOException {
        for (int length = 0; length < good.length; length++) {
            refused(Arrays.copyOf(good, length), "cut to " + length);
        }
    }

    @Test
    void bytes_after_the_end_are_an_error() throws IOException {
        refused(Arrays.copyOf(good, good.length + 1), "one byte more");
    }

    @Test
    void values_that_changed_places_are_an_error() throws IOException {
        byte[] bad = good.clone();
        System.arraycopy(good, good.length - BLOB, bad, good.length - 2 * BLOB, BLOB);
        System.arraycopy(good, good.length - 2 * BLOB, bad, good.length - BLOB, BLOB);

        refused(bad, "swapped");
    }

    @Test
    void a_value_of_an_older_copy_with_the_same_name_and_number_is_an_error() throws IOException {
        Files.write(file, rewound());
        try (var vault = Vault.open(file, key)) {
            vault.put(B, secret("another b"));
        }
        byte[] bad = Files.readAllBytes(file);
        System.arraycopy(good, good.length - BLOB, bad, bad.length - BLOB, BLOB);

        refused(bad, "older sealing");
    }

    @Test
    void a_newer_format_asks_for_an_upgrade() throws IOException {
        Files.write(file, ByteBuffer.wrap(good.clone()).putShort(8, (short) 2).array());

        assertThatThrownBy(() -> Vault.open(file, key)).isInstanceOfSatisfying(VaultException.class, e -> {
            assertThat(e.reason()).isEqualTo(VaultException.Reason.TOO_NEW);
            assertThat(e.fix()).isEqualTo("upgrade DSO");
        });
    }

    @Test
    void a_damaged_vault_is_left_as_it_is_by_a_writer() throws IOException {
        byte[] bad = good.clone();
        bad[100] ^= 1;
        Files.write(file, bad);

        try (var vault = Vault.at(file, key)) {
            assertThatThrownBy(() -> vault.put(A, secret("x"))).isInstanceOf(VaultException.class);
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(bad);
    }

    @Test
    void a_value_that_is_damaged_does_not_keep_others_from_being_read() throws IOException {
        byte[] bad = good.clone();
        bad[good.length - 1] ^= 1;
        Files.write(file, bad);

        try (var vault = Vault.open(file, key)) {
            assertThat(vault.read(A, 1)).isPresent();
            assertThatThrownBy(() -> vault.read(B, 1))
                    .hasMessageContaining("version 1 of b is changed")
                    .hasMessageNotContaining("value of b");
        }
    }

    /** The same vault before b was set. */
    private byte[] rewound() throws IOException {
        try (var snapshot = Vault.at(file, key).snapshot()) {
            var index = snapshot.index();
            var before = new VaultIndex(1, 10, new TreeMap<>(index.secrets().headMap(B)));
            byte[] plain = before.encode();
            byte[] head = snapshot.header().encode(Nonce.LENGTH + plain.length + Seal.TAG_LENGTH);
            var nonce = new Nonce(1, 1);
            byte[] sealed = Seal.seal(snapshot.key().index(), nonce, head, plain);
            return ByteBuffer.allocate(head.length + Nonce.LENGTH + sealed.length + BLOB)
                    .put(head)
                    .put(nonce.bytes())
                    .put(sealed)
                    .put(good, good.length - 2 * BLOB, BLOB)
                    .array();
        }
    }

    private void refused(byte[] bad, String how) throws IOException {
        Files.write(file, bad);
        try (var vault = Vault.open(file, key)) {
            for (var name : vault.names()) {
                vault.read(name, 1).ifPresent(SecretBytes::close);
            }
        } catch (VaultException e) {
            assertThat(e.what()).isNotBlank().doesNotContain("value of");
            return;
        }
        fail(how + " went unnoticed");
    }
}
