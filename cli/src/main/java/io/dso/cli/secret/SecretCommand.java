package io.dso.cli.secret;

import io.dso.cli.Branch;
import io.dso.cli.Dso;
import io.dso.cli.Exit;
import io.dso.cli.Failure;
import io.dso.cli.Surroundings;
import io.dso.cli.output.Screen;
import io.dso.provider.local.vault.KeySource;
import io.dso.provider.local.vault.SecretPath;
import io.dso.provider.local.vault.Vault;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The family of commands on the local vault, and the options they share. */
@Command(description = "Keep secrets in the local vault: an encrypted file, no agent needed.")
public final class SecretCommand {
    static final String VAULT = "/var/lib/dso/local.vault";
    static final String KEY_FILE = "/etc/dso/local.key";

    private final Dso dso;

    @Option(
            names = "--vault",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The vault. Default: $DSO_VAULT, else " + VAULT)
    private @Nullable Path vault;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Its key. Default: $DSO_KEY_FILE, else " + KEY_FILE)
    private @Nullable Path keyFile;

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Its passphrase, for a vault that was made with one.")
    private @Nullable Path passphraseFile;

    private SecretCommand(Dso dso) {
        this.dso = dso;
    }

    public static Branch branch(Dso dso) {
        return new Branch("secret", () -> tree(dso));
    }

    private static CommandLine tree(Dso dso) {
        var secret = new SecretCommand(dso);
        return new CommandLine(secret)
                .addSubcommand(new CommandLine(new Init(secret)))
                .addSubcommand(SetSecret.commandLine(secret))
                .addSubcommand(new CommandLine(new GetSecret(secret)))
                .addSubcommand(new CommandLine(new ListSecrets(secret)))
                .addSubcommand(new CommandLine(new History(secret)))
                .addSubcommand(new CommandLine(new DeleteSecret(secret)));
    }

    Surroundings surroundings() {
        return dso.surroundings();
    }

    Screen screen() {
        return dso.screen();
    }

    Path file() {
        return vault != null ? vault : surroundings().path("DSO_VAULT", VAULT);
    }

    KeySource key() {
        if (keyFile != null && passphraseFile != null) {
            throw new Failure(
                    Exit.USAGE, "a vault has a key file or a passphrase, not both", "", "leave one of the two out");
        }
        if (passphraseFile != null) {
            return new KeySource.PassphraseFile(passphraseFile);
        }
        return new KeySource.KeyFile(keyFile != null ? keyFile : surroundings().path("DSO_KEY_FILE", KEY_FILE));
    }

    /** Opens the vault for one piece of work. */
    <R> R with(Function<Vault, R> work) {
        try (var open = Vault.at(file(), key())) {
            return work.apply(open);
        }
    }

    static SecretPath path(String name) {
        try {
            return new SecretPath(name);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), "", "name it like shop/db_password", e);
        }
    }

    Failure unknown(SecretPath path) {
        return new Failure(Exit.NOT_FOUND, "there is no secret " + path, file().toString(), "dso secret list");
    }
}
