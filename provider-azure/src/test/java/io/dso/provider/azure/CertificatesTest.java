package io.dso.provider.azure;

import static io.dso.provider.azure.FakeVault.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {
    @TempDir
    static Path directory;

    private static KeyPairFile pair;
    private static String archive;

    private FakeVault vault;
    private AzureStore store;

    @BeforeAll
    static void makePair() throws Exception {
        pair = KeyPairFile.make(directory, "CN=shop");
        archive = pair.withoutPassword();
    }

    @BeforeEach
    void start() throws Exception {
        vault = new FakeVault();
        store = vault.store(directory, at(5000));
        vault.gives("p12", "aa", archive, "application/x-pkcs12");
        vault.gives("pem", "aa", Files.readString(pair.pem()).replace("\n", "\r\n"), "application/x-pem-file");
        vault.gives("text", "aa", "p$w", "text/plain");
    }

    @AfterEach
    void stop() {
        store.close();
        vault.close();
    }

    private String fetch(String path, String key) throws Exception {
        return new String(store.fetch(new SecretName(path, key), "aa"), StandardCharsets.UTF_8);
    }

    @Test
    void a_pkcs12_archive_becomes_pem_with_key_and_certificate() throws Exception {
        assertThat(fetch("cert:p12", "")).isEqualTo(Files.readString(pair.pem()));
    }

    @Test
    void key_and_chain_can_be_had_alone() throws Exception {
        for (var path : new String[] {"cert:p12", "cert:pem"}) {
            assertThat(fetch(path, "key"))
                    .isEqualTo(KeyPairFile.block("PRIVATE KEY", pair.key().getEncoded()));
            assertThat(fetch(path, "chain"))
                    .isEqualTo(
                            KeyPairFile.block("CERTIFICATE", pair.certificate().getEncoded()));
        }
    }

    @Test
    void what_is_no_certificate_is_refused_without_its_value() {
        assertThatThrownBy(() -> fetch("cert:text", "")).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.failure().kind()).isEqualTo(Kind.INVALID);
            assertThat(e).hasMessageNotContaining("p$w");
        });
        assertThatThrownBy(() -> fetch("cert:p12", "password")).hasMessageContaining("'key' and 'chain'");
    }

    @Test
    void without_the_prefix_a_certificates_secret_is_what_the_vault_holds() throws Exception {
        assertThat(fetch("p12", "")).isEqualTo(archive);
    }
}
