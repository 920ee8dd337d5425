package io.dso.cli.provider;

import io.dso.cli.Dso;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The family of commands on providers. */
@Command(name = "provider", description = "Try whether a provider keeps the contract. No agent needed.")
public final class ProviderCommand {
    private ProviderCommand() {}

    /** The command with its subcommands. */
    public static CommandLine tree(Dso dso) {
        return new CommandLine(new ProviderCommand()).addSubcommand(new CommandLine(new Verify(dso)));
    }
}
