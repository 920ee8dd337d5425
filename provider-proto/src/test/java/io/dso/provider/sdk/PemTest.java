package io.dso.provider.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
    @TempDir
    Path directory;

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("shop.pem"), text);
    }

    @Test
    void a_key_is_read_from_among_other_things() throws Exception {
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        var text = Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded());

        var key = Pem.privateKey(
                file("Bag Attributes\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
                        + "-----BEGIN PRIVATE KEY-----\r\n" + text + "\r\n-----END PRIVATE KEY-----\n"),
                "Ed25519");

        assertThat(key.getEncoded()).isEqualTo(pair.getPrivate().getEncoded());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hunter2",
                "-----BEGIN PRIVATE KEY-----\nhunter2",
                "-----BEGIN PRIVATE KEY-----\nh\n-----END PRIVATE KEY-----\n",
                "-----BEGIN PRIVATE KEY-----\nhunter2hunter2==\n-----END PRIVATE KEY-----\n",
                "-----BEGIN CERTIFICATE-----\nhunter2hunter2==\n-----END CERTIFICATE-----\n"
            })
    void what_holds_neither_is_named_and_not_quoted(String text) throws Exception {
        var file = file(text);

        assertThatThrownBy(() -> Pem.privateKey(file, "RSA"))
                .isInstanceOf(Pem.Malformed.class)
                .hasMessageContaining("shop.pem holds no")
                .hasMessageNotContaining("hunter2")
                .hasNoCause();
        assertThatThrownBy(() -> Pem.certificates(file))
                .isInstanceOf(Pem.Malformed.class)
                .hasMessageContaining("shop.pem holds no")
                .hasMessageNotContaining("hunter2")
                .hasNoCause();
    }
}
