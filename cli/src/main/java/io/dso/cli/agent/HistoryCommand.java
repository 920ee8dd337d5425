package io.dso.cli.agent;

import com.google.gson.stream.JsonWriter;
import io.dso.cli.Dso;
import io.dso.cli.Exit;
import io.dso.cli.output.Cell;
import io.dso.cli.output.Table;
import io.dso.control.v1.Event;
import io.dso.control.v1.GetHistoryRequest;
import io.dso.control.v1.GetHistoryResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what was done. */
@Command(
        description = {
            "Show what became of the last rotations and orders, newest first.",
            "The agent remembers a hundred for each bundle, until the host is booted."
        })
final class HistoryCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Dso dso;

    @Parameters(paramLabel = "BUNDLE", arity = "0..1", defaultValue = "", description = "Only this one. Default: all.")
    private String bundle = "";

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "At most so many; 0 for all. Default: ${DEFAULT-VALUE}")
    private int limit = 20;

    HistoryCommand(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        var request = GetHistoryRequest.newBuilder()
                .setBundle(bundle)
                .setLimit(Math.max(0, limit))
                .build();
        var history = new Agent(dso.socket()).ask(PATIENCE, agent -> agent.getHistory(request));
        var table = new Table("WHEN", "BUNDLE", "CONTAINER", "FROM", "TO", "OUTCOME");
        for (var entry : history.getEntriesList()) {
            var about = entry.getAttributesMap();
            table.row(
                    Cell.of(AgentCommands.instant(entry.getAt())),
                    Cell.of(about.getOrDefault("bundle", "")),
                    Cell.of(about.getOrDefault("container", "")),
                    Cell.of(number(about, "from")),
                    Cell.of(number(about, "to")),
                    Cell.of(outcome(entry)));
        }
        dso.screen().show(out -> write(history, out), table);
        return Exit.OK;
    }

    /** A version's number is {@code v7} in events and {@code 7} in tables. */
    private static String number(Map<String, String> about, String which) {
        return about.getOrDefault(which, "").replaceFirst("^v", "");
    }

    private static String outcome(Event entry) {
        var about = entry.getAttributesMap();
        var why = about.getOrDefault("why", "");
        return switch (entry.getType()) {
            case "rotated" -> "rotated";
            case "rolled-back" -> "taken back: " + why;
            case "rotation-postponed" -> "not yet: " + why;
            case "strategy-chosen" -> "restart instead of rolling: " + why;
            case "rotation-ended" -> "the container is gone";
            case "ordered" -> {
                var outcome = about.getOrDefault("outcome", "");
                yield "%s by %s%s"
                        .formatted(
                                about.getOrDefault("verb", "order"),
                                about.getOrDefault("by", "-"),
                                outcome.isEmpty() ? "" : ": " + outcome);
            }
            default -> entry.getType();
        };
    }

    private static void write(GetHistoryResponse history, JsonWriter out) throws IOException {
        out.beginObject().name("entries").beginArray();
        for (var entry : history.getEntriesList()) {
            Events.write(entry, out);
        }
        out.endArray().endObject();
    }
}
