package io.dso.e2e;

import io.dso.provider.local.vault.KeySource;
import io.dso.provider.local.vault.SecretBytes;
import io.dso.provider.local.vault.SecretPath;
import io.dso.provider.local.vault.Vault;
import java.nio.file.Path;

/** Writes as {@code dso secret set} does, without a process each time. */
final class VaultWriter implements AutoCloseable {
    private final Vault vault;

    VaultWriter(Path file, Path keyFile) {
        this.vault = Vault.at(file, new KeySource.KeyFile(keyFile));
    }

    void put(String name, byte[] value) {
        try (var bytes = SecretBytes.owning(value.clone())) {
            vault.put(new SecretPath(name), bytes);
        }
    }

    @Override
    public void close() {
        vault.close();
    }
}
