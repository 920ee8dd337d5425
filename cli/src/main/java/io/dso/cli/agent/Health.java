package io.dso.cli.agent;

import io.dso.cli.Dso;
import io.dso.cli.Exit;
import io.dso.cli.output.Cell;
import io.dso.cli.output.Table;
import io.dso.control.v1.GetHealthRequest;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Shows the agent's checks. */
@Command(description = "Show the agent's checks. Exit code 0 if it is ready, else 69.")
final class Health implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Dso dso;

    Health(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        var health =
                new Agent(dso.socket()).ask(PATIENCE, agent -> agent.getHealth(GetHealthRequest.getDefaultInstance()));
        var table = new Table("CHECK", "STATE", "REASON")
                .row(Cell.of("live"), state(health.getLive()), Cell.of(""))
                .row(Cell.of("started"), state(health.getStarted()), Cell.of(""))
                .row(Cell.of("ready"), state(health.getReady()), Cell.of(""));
        health.getChecksList()
                .forEach(
                        check -> table.row(Cell.of(check.getName()), state(check.getUp()), Cell.of(check.getReason())));
        dso.screen()
                .show(
                        out -> {
                            out.beginObject();
                            out.name("live").value(health.getLive());
                            out.name("started").value(health.getStarted());
                            out.name("ready").value(health.getReady());
                            out.name("checks").beginArray();
                            for (var check : health.getChecksList()) {
                                out.beginObject();
                                out.name("name").value(check.getName());
                                out.name("up").value(check.getUp());
                                out.name("reason").value(check.getReason());
                                out.endObject();
                            }
                            out.endArray().endObject();
                        },
                        table);
        return health.getReady() ? Exit.OK : Exit.UNAVAILABLE;
    }

    private static Cell state(boolean up) {
        return Cell.of(up ? "up" : "down");
    }
}
