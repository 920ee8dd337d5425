package io.dso.cli.secret;

import io.dso.cli.Exit;
import io.dso.cli.Failure;
import io.dso.cli.output.Cell;
import io.dso.cli.output.Table;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes a secret. */
@Command(
        name = "delete",
        description = "Destroy all values of a secret. Its history stays, and its version numbers go on.")
final class DeleteSecret implements Callable<Integer> {
    private final SecretCommand secret;

    @Parameters(paramLabel = "NAME", description = "Which one.")
    private String name = "";

    @Option(names = "--yes", description = "Don't ask. Needed where there is no terminal.")
    private boolean yes;

    DeleteSecret(SecretCommand secret) {
        this.secret = secret;
    }

    @Override
    public Integer call() {
        var path = SecretCommand.path(name);
        if (!yes) {
            confirm(path.text());
        }
        var mark = secret.with(vault -> vault.delete(path)).orElseThrow(() -> secret.unknown(path));
        secret.screen()
                .show(
                        out -> out.beginObject()
                                .name("name")
                                .value(path.text())
                                .name("version")
                                .value(mark.id())
                                .name("deleted")
                                .value(mark.created().toString())
                                .endObject(),
                        new Table("NAME", "VERSION", "DELETED")
                                .row(Cell.of(path.text()), Cell.of(mark.id()), Cell.of(mark.created())));
        return Exit.OK;
    }

    private void confirm(String text) {
        var terminal = secret.surroundings().terminal();
        if (!terminal.typed()) {
            throw new Failure(Exit.USAGE, "a delete can't be undone, and nobody is here to ask", "", "add --yes");
        }
        var answer = terminal.ask("destroy all values of " + text + "? [y/N] ")
                .strip()
                .toLowerCase(Locale.ROOT);
        if (!answer.equals("y") && !answer.equals("yes")) {
            throw new Failure(Exit.FAILED, "nothing was deleted", "", "");
        }
    }
}
