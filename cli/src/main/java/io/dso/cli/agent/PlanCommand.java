package io.dso.cli.agent;

import com.google.gson.stream.JsonWriter;
import io.dso.cli.Dso;
import io.dso.control.v1.GetPlanRequest;
import io.dso.control.v1.GetPlanResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows what would be done. */
@Command(
        description = {
            "Show what would be done now to which container, and why; nothing is, and no value is read.",
            "Exit code 2 if something would be done."
        })
final class PlanCommand implements Callable<Integer> {
    /** Longer than the agent waits for the stores. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final Dso dso;

    @Parameters(paramLabel = "BUNDLE", arity = "0..1", defaultValue = "", description = "Only this one. Default: all.")
    private String bundle = "";

    PlanCommand(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        var request = GetPlanRequest.newBuilder().setBundle(bundle).build();
        var plan = new Agent(dso.socket()).ask(PATIENCE, agent -> agent.getPlan(request));
        dso.screen().show(out -> write(plan, out), Steps.table(plan.getStepsList()));
        if (plan.getStepsList().isEmpty()) {
            AgentCommands.say(dso, "nothing would be done: every container has the version it should have");
        }
        return Steps.exit(plan.getStepsList());
    }

    private static void write(GetPlanResponse plan, JsonWriter out) throws IOException {
        out.beginObject().name("steps");
        Steps.write(plan.getStepsList(), out);
        out.endObject();
    }
}
