package io.dso.cli.agent;

import com.google.gson.stream.JsonWriter;
import io.dso.cli.output.Cell;
import io.dso.cli.output.Table;
import io.dso.control.v1.RotationResult;
import java.io.IOException;
import java.util.List;

/** What became of containers that were rotated. */
final class Rotations {
    private Rotations() {}

    static Table table(List<RotationResult> rotations) {
        var table = new Table("BUNDLE", "CONTAINER", "FROM", "TO", "OUTCOME");
        for (var rotation : rotations) {
            table.row(
                    Cell.of(rotation.getBundle()),
                    Cell.of(rotation.getContainerName()),
                    AgentCommands.version(rotation.getFromVersion()),
                    AgentCommands.version(rotation.getToVersion()),
                    Cell.of(outcome(rotation)));
        }
        return table;
    }

    private static String outcome(RotationResult rotation) {
        if (rotation.getReason().isEmpty()) {
            return "rotated";
        }
        return (rotation.getRolledBack() ? "taken back: " : "not yet: ") + rotation.getReason();
    }

    /** An array of objects. */
    static void write(List<RotationResult> rotations, JsonWriter out) throws IOException {
        out.beginArray();
        for (var rotation : rotations) {
            out.beginObject();
            out.name("bundle").value(rotation.getBundle());
            out.name("containerId").value(rotation.getContainerId());
            out.name("containerName").value(rotation.getContainerName());
            out.name("fromVersion").value(rotation.getFromVersion());
            out.name("toVersion").value(rotation.getToVersion());
            out.name("rolledBack").value(rotation.getRolledBack());
            out.name("postponed").value(rotation.getPostponed());
            out.name("reason").value(rotation.getReason());
            out.endObject();
        }
        out.endArray();
    }
}
