package io.dso.cli.provider;

import io.dso.cli.Branch;
import io.dso.cli.Dso;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The family of commands on providers. */
@Command(description = "Try whether a provider keeps the contract. No agent needed.")
public final class ProviderCommand {
    private ProviderCommand() {}

    public static Branch branch(Dso dso) {
        return new Branch(
                "provider",
                () -> new CommandLine(new ProviderCommand()).addSubcommand(new CommandLine(new Verify(dso))));
    }
}
