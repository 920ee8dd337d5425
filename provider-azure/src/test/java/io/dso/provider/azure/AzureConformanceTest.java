package io.dso.provider.azure;

import io.dso.provider.azure.FakeVault.Version;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.tck.ProviderContract;
import io.dso.provider.tck.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        var executable = System.getProperty("dso.provider");
        return new Subject(
                executable != null ? Path.of(executable) : script("provider", Main.class),
                config,
                List.of(new SecretName("odd", ""), new SecretName("db", "password")),
                List.of());
    }

    private Path script(String name, Class<?> main) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = Stream.of(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName())
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
        var script = Files.writeString(directory.resolve(name), "#!/bin/sh\nexec " + command + " \"$@\"\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }
}
