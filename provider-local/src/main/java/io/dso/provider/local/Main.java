package io.dso.provider.local;

import io.dso.provider.local.vault.KeySource;
import io.dso.provider.local.vault.Vault;
import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.ProviderConfig;
import io.dso.provider.sdk.ProviderProcess;
import java.nio.file.Path;

/**
 * The process {@code dso-provider-local}. Its configuration: {@code vault} (a file), and {@code key-file} or
 * {@code passphrase-file}.
 */
public final class Main {
    private static final Path VAULT = Path.of("/var/lib/dso/local.vault");
    private static final Path KEY_FILE = Path.of("/etc/dso/local.key");

    private Main() {}

    public static void main(String[] arguments) {
        ProviderProcess.run(arguments, Main::open);
    }

    static VaultStore open(ProviderConfig config) {
        var file = config.findPath("vault").orElse(VAULT);
        var keyFile = config.findPath("key-file");
        var passphraseFile = config.findPath("passphrase-file");
        if (keyFile.isPresent() && passphraseFile.isPresent()) {
            throw new ConfigException("'key-file' and 'passphrase-file' exclude each other");
        }
        var key = passphraseFile
                .<KeySource>map(KeySource.PassphraseFile::new)
                .orElseGet(() -> new KeySource.KeyFile(keyFile.orElse(KEY_FILE)));
        return new VaultStore(file, Vault.at(file, key)).prepared();
    }
}
