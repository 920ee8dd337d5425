package io.dso.provider.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.dso.provider.azure.FakeVault.Version;
import io.dso.provider.tck.JavaProvider;
import io.dso.provider.v1.CheckRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole process, over TLS: on this JVM, or, with {@code -Ddso.provider=FILE}, that executable. */
class AzureProcessTest {
    @TempDir
    Path directory;

    @Test
    void it_logs_in_by_a_certificate_serves_secrets_and_certificates_and_ends_when_it_is_told() throws Exception {
        var pair = KeyPairFile.make(directory, "CN=vault");
        try (var vault = new FakeVault(WireMockConfiguration.options()
                .bindAddress("127.0.0.1")
                .httpDisabled(true)
                .dynamicHttpsPort()
                .keystorePath(pair.store().toString())
                .keystorePassword(KeyPairFile.PASSWORD)
                .keyManagerPassword(KeyPairFile.PASSWORD))) {
            vault.has("db", new Version("aa", 1000));
            vault.gives("db", "aa", "{\"port\": 5432}", "");
            vault.has("tls", new Version("bb", 1000));
            vault.gives("tls", "bb", pair.withoutPassword(), "application/x-pkcs12");
            try (var provider = new JavaProvider(Main.class, directory)
                    .serve("""
                    {"vault": "%s", "ca-file": "%s", "auth": {"method": "client-certificate", "tenant-id": "tenant",
                     "client-id": "app", "certificate-file": "%s", "authority": "%s"}}
                    """.formatted(vault.address(), pair.authority(), pair.pem(), vault.address()))) {
                assertThat(provider.calls().check(CheckRequest.getDefaultInstance()))
                        .isNotNull();
                assertThat(provider.value("db", "port")).isEqualTo("5432");
                assertThat(provider.value("cert:tls", "")).isEqualTo(Files.readString(pair.pem()));
            }
        }
    }
}
