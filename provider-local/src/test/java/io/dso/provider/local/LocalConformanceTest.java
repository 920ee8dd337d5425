package io.dso.provider.local;

import io.dso.provider.local.vault.KeySource;
import io.dso.provider.local.vault.SecretBytes;
import io.dso.provider.local.vault.SecretPath;
import io.dso.provider.local.vault.Vault;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.tck.JavaProvider;
import io.dso.provider.tck.ProviderContract;
import io.dso.provider.tck.Subject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** The contract, kept by the process: on this JVM, or, with {@code -Ddso.provider=FILE}, by that executable. */
class LocalConformanceTest extends ProviderContract {
    @TempDir
    Path directory;

    @Override
    protected Subject subject() throws IOException {
        var key = KeySource.createKeyFile(directory.resolve("key"));
        var file = directory.resolve("vault");
        try (var vault = Vault.create(file, key, 10)) {
            vault.put(new SecretPath("shop/odd"), bytes("p$w\"o'r\\d\0 and more\n"));
            vault.put(new SecretPath("shop/db"), bytes("{\"password\":\"correct horse\",\"port\":5432}"));
        }
        var config = Files.writeString(
                directory.resolve("config"), "{\"vault\":\"%s\",\"key-file\":\"%s\"}".formatted(file, key.file()));
        var provider = new JavaProvider(Main.class, directory);
        return new Subject(
                provider.executable(),
                config,
                List.of(new SecretName("shop/odd", ""), new SecretName("shop/db", "password")),
                List.of(
                        provider.script(Change.class).toString(),
                        file.toString(),
                        key.file().toString()));
    }

    private static SecretBytes bytes(String text) {
        return SecretBytes.owning(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Gives the secret another value, from another process, as {@code dso secret set} does. */
    static final class Change {
        private Change() {}

        public static void main(String... arguments) {
            try (var vault = Vault.at(Path.of(arguments[0]), new KeySource.KeyFile(Path.of(arguments[1])))) {
                vault.put(new SecretPath("shop/odd"), bytes("value of " + System.nanoTime()));
            }
        }
    }
}
