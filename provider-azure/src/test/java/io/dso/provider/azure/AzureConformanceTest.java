package io.dso.provider.azure;

import io.dso.provider.azure.FakeVault.Version;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.tck.JavaProvider;
import io.dso.provider.tck.ProviderContract;
import io.dso.provider.tck.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract, kept by the process: on this JVM, or, with {@code -Ddso.provider=FILE}, by that executable. */
class AzureConformanceTest extends ProviderContract {
    private final FakeVault vault = new FakeVault();

    @TempDir
    Path directory;

    @AfterEach
    void stop() {
        vault.close();
    }

    @Override
    protected Subject subject() throws IOException {
        vault.has("odd", new Version("aa", 1000));
        vault.gives("odd", "aa", "p$w\"o'r\\d and more\n", "");
        vault.has("db", new Version("bb", 1000));
        vault.gives("db", "bb", "{\"password\":\"correct horse\",\"port\":5432}", "");
        var secret = Files.writeString(directory.resolve("secret"), "application's secret");
        var config =
                Files.writeString(directory.resolve("config"), """
                {"vault": "%s", "auth": {"method": "client-secret", "tenant-id": "tenant", "client-id": "app",
                 "secret-file": "%s", "authority": "%s"}}
                """.formatted(vault.address(), secret, vault.address()));
        return new Subject(
                new JavaProvider(Main.class, directory).executable(),
                config,
                List.of(new SecretName("odd", ""), new SecretName("db", "password")),
                List.of());
    }
}
