package io.dso.cli.secret;

import io.dso.cli.Exit;
import io.dso.cli.Failure;
import io.dso.cli.output.Cell;
import io.dso.cli.output.Table;
import io.dso.provider.local.vault.KeySource;
import io.dso.provider.local.vault.Reader;
import io.dso.provider.local.vault.Vault;
import io.dso.transport.Peer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a vault. */
@Command(
        name = "init",
        description = {
            "Make an empty vault, and its key file unless there is one.",
            "Nothing that is there already is overwritten. Keep a copy of the key, away from copies of the vault.",
            "As root, lets the provider read them: it runs as a user of its own."
        })
final class Init implements Callable<Integer> {
    private final SecretCommand secret;

    @Option(
            names = "--keep",
            paramLabel = "N",
            defaultValue = "" + Vault.KEEP,
            description = "How many versions of a secret to keep, 1 to 1000. Default: ${DEFAULT-VALUE}")
    private int keep;

    @Option(
            names = "--user",
            paramLabel = "N",
            defaultValue = "" + Reader.USUAL,
            description = "The provider's user. Default: ${DEFAULT-VALUE}, which the provider named local has.")
    private int user;

    Init(SecretCommand secret) {
        this.secret = secret;
    }

    @Override
    public Integer call() {
        var file = secret.file();
        if (keep < 1 || keep > 1000) {
            throw new io.dso.cli.Failure(Exit.USAGE, "--keep is 1 to 1000, not " + keep, "", "");
        }
        if (Files.exists(file)) {
            throw new Failure(
                    Exit.EXISTS,
                    "the vault is there already",
                    file.toString(),
                    "use it, or name another: --vault FILE");
        }
        var key = secret.key();
        boolean shared = Peer.self().uid() == 0 && user > 0;
        var folders = shared ? "rwxr-xr-x" : "rwx------";
        makeDirectory(file, folders);
        if (key instanceof KeySource.KeyFile(var keyFile) && !Files.exists(keyFile)) {
            makeDirectory(keyFile, folders);
            KeySource.createKeyFile(keyFile);
            if (shared) {
                new Reader(user).owns(keyFile);
            }
        }
        Vault.create(file, key, keep).close();
        if (shared) {
            new Reader(user).mayReadVault(file);
        }
        secret.screen()
                .show(
                        out -> out.beginObject()
                                .name("vault")
                                .value(file.toString())
                                .name("key")
                                .value(key.file().toString())
                                .endObject(),
                        new Table("VAULT", "KEY")
                                .row(
                                        Cell.of(file.toString()),
                                        Cell.of(key.file().toString())));
        return Exit.OK;
    }

    private static void makeDirectory(Path file, String mode) {
        var directory = file.toAbsolutePath().getParent();
        if (directory == null || Files.exists(directory)) {
            return;
        }
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
