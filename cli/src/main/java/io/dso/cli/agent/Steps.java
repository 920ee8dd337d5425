package io.dso.cli.agent;

import com.google.gson.stream.JsonWriter;
import io.dso.cli.Exit;
import io.dso.cli.output.Cell;
import io.dso.cli.output.Table;
import io.dso.control.v1.PlanStep;
import io.dso.control.v1.PlanStep.Action;
import java.io.IOException;
import java.util.List;

/** What would be done to containers. */
final class Steps {
    private Steps() {}

    static Table table(List<PlanStep> steps) {
        var table = new Table("BUNDLE", "CONTAINER", "FROM", "TO", "ACTION", "WHY");
        for (var step : steps) {
            table.row(
                    Cell.of(step.getBundle()),
                    Cell.of(step.getContainerName()),
                    AgentCommands.version(step.getFromVersion()),
                    AgentCommands.version(step.getToVersion()),
                    Cell.of(action(step)),
                    Cell.of(step.getReason()));
        }
        return table;
    }

    private static String action(PlanStep step) {
        var action = AgentCommands.lower(step.getAction());
        return step.getStrategy().isEmpty() ? action : action + " by " + step.getStrategy();
    }

    /** An array of objects. */
    static void write(List<PlanStep> steps, JsonWriter out) throws IOException {
        out.beginArray();
        for (var step : steps) {
            out.beginObject();
            out.name("bundle").value(step.getBundle());
            out.name("containerId").value(step.getContainerId());
            out.name("containerName").value(step.getContainerName());
            out.name("fromVersion").value(step.getFromVersion());
            out.name("toVersion").value(step.getToVersion());
            out.name("action").value(AgentCommands.lower(step.getAction()));
            out.name("strategy").value(step.getStrategy());
            out.name("reason").value(step.getReason());
            out.endObject();
        }
        out.endArray();
    }

    /** Whether something would be done. */
    static int exit(List<PlanStep> steps) {
        return steps.stream().anyMatch(step -> step.getAction() == Action.ACTION_ROTATE) ? Exit.WOULD_CHANGE : Exit.OK;
    }
}
