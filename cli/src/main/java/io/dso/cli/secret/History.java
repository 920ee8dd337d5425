package io.dso.cli.secret;

import io.dso.cli.Exit;
import io.dso.cli.output.Cell;
import io.dso.cli.output.Table;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows what happened to a secret. */
@Command(name = "history", description = "Show a secret's versions, newest first; no values. Also of a deleted one.")
final class History implements Callable<Integer> {
    private final SecretCommand secret;

    @Parameters(paramLabel = "NAME", description = "Which one.")
    private String name = "";

    History(SecretCommand secret) {
        this.secret = secret;
    }

    @Override
    public Integer call() {
        var path = SecretCommand.path(name);
        var versions = secret.with(vault -> vault.history(path));
        if (versions.isEmpty()) {
            throw secret.unknown(path);
        }
        var table = new Table("VERSION", "CREATED", "STATE");
        for (var version : versions) {
            var state = version.kind().name().toLowerCase(Locale.ROOT);
            table.row(Cell.of(version.id()), Cell.of(version.created()), Cell.of(state));
        }
        secret.screen()
                .show(
                        out -> {
                            out.beginObject().name("name").value(path.text());
                            out.name("versions").beginArray();
                            for (var version : versions) {
                                out.beginObject().name("version").value(version.id());
                                out.name("created").value(version.created().toString());
                                out.name("state").value(version.kind().name().toLowerCase(Locale.ROOT));
                                out.endObject();
                            }
                            out.endArray().endObject();
                        },
                        table);
        return Exit.OK;
    }
}
