package io.dso.cli.secret;

import io.dso.cli.Exit;
import io.dso.cli.output.Cell;
import io.dso.cli.output.Table;
import io.dso.provider.local.vault.SecretPath;
import io.dso.provider.local.vault.Snapshot;
import io.dso.provider.local.vault.Version;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Shows what there is. */
@Command(name = "list", description = "Show names, current versions and times; no values.")
final class ListSecrets implements Callable<Integer> {
    private final SecretCommand secret;

    ListSecrets(SecretCommand secret) {
        this.secret = secret;
    }

    @Override
    public Integer call() {
        var secrets = secret.with(vault -> {
            try (var snapshot = vault.snapshot()) {
                return current(snapshot);
            }
        });
        var table = new Table("NAME", "VERSION", "CREATED");
        secrets.forEach(
                (path, version) -> table.row(Cell.of(path.text()), Cell.of(version.id()), Cell.of(version.created())));
        secret.screen()
                .show(
                        out -> {
                            out.beginObject().name("secrets").beginArray();
                            for (var entry : secrets.entrySet()) {
                                out.beginObject()
                                        .name("name")
                                        .value(entry.getKey().text());
                                out.name("version").value(entry.getValue().id());
                                out.name("created")
                                        .value(entry.getValue().created().toString());
                                out.endObject();
                            }
                            out.endArray().endObject();
                        },
                        table);
        return Exit.OK;
    }

    private static Map<SecretPath, Version> current(Snapshot snapshot) {
        var current = new LinkedHashMap<SecretPath, Version>();
        for (var path : snapshot.names()) {
            snapshot.current(path).ifPresent(version -> current.put(path, version));
        }
        return current;
    }
}
