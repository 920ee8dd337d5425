package io.dso.cli.secret;

import io.dso.cli.Exit;
import io.dso.cli.Failure;
import io.dso.cli.output.Cell;
import io.dso.cli.output.Table;
import io.dso.provider.local.vault.SecretBytes;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Sets a value. */
@Command(
        name = "set",
        description = {
            "Set a secret: the value is all of standard input, byte for byte, or asked for without echo.",
            "It is never an argument: process lists and shell histories keep those.",
            "  dso secret set tls/key < key.pem",
            "  printf %%s \"$TOKEN\" | dso secret set api/token"
        })
final class SetSecret implements Callable<Integer> {
    private final SecretCommand secret;

    @Parameters(paramLabel = "NAME", index = "0", description = "A path such as shop/db_password.")
    private String name = "";

    /** Taken so that a value given here is refused without being repeated. */
    @Parameters(index = "1..*", hidden = true)
    private List<String> more = List.of();

    private SetSecret(SecretCommand secret) {
        this.secret = secret;
    }

    static CommandLine commandLine(SecretCommand secret) {
        return new CommandLine(new SetSecret(secret)).setUnmatchedOptionsArePositionalParams(true);
    }

    @Override
    public Integer call() {
        if (!more.isEmpty()) {
            throw new Failure(
                    Exit.USAGE,
                    "a value is never an argument: process lists and shell histories keep those",
                    "what follows the name",
                    "pipe it in, or leave it out to be asked; if it was a secret, change it");
        }
        var path = SecretCommand.path(name);
        try (SecretBytes value = new ValueInput(secret.surroundings()).read(path)) {
            var version = secret.with(vault -> vault.put(path, value));
            secret.screen()
                    .show(
                            out -> out.beginObject()
                                    .name("name")
                                    .value(path.text())
                                    .name("version")
                                    .value(version.id())
                                    .name("created")
                                    .value(version.created().toString())
                                    .endObject(),
                            new Table("NAME", "VERSION", "CREATED")
                                    .row(Cell.of(path.text()), Cell.of(version.id()), Cell.of(version.created())));
        }
        return Exit.OK;
    }
}
