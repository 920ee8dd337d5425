package io.dso.bench;

import static io.dso.bench.Samples.millis;
import static io.dso.bench.Samples.number;

import io.dso.bench.Row.Budget;
import java.util.ArrayList;
import java.util.List;

/** How long the agent takes from exec until the engine can talk to it, and until it is ready. */
final class AgentStart {
    private static final int WARM_UP = 2;
    private static final int RUNS = 21;

    private final Lab lab;

    AgentStart(Lab lab) {
        this.lab = lab;
    }

    List<Row> measure() {
        var starts = new ArrayList<Agent.Started>();
        try (var csv = lab.csv("agent-start", "run", "activate_ms", "ready_ms")) {
            for (int run = -WARM_UP; run < RUNS; run++) {
                try (var started = lab.agent().start()) {
                    if (run >= 0) {
                        starts.add(started);
                        csv.line(run, started.activated(), started.ready());
                    }
                }
            }
        }
        var kind = lab.setup().kind();
        return List.of(
                row(
                        "Agent: exec → the driver's socket answers Activate",
                        Budget.atMost(kind.pick(40, 500), "ms"),
                        Samples.of(RUNS, i -> starts.get(i).activated())),
                row(
                        "Agent: exec → ready",
                        Budget.atMost(kind.pick(60, 500), "ms"),
                        Samples.of(RUNS, i -> starts.get(i).ready())));
    }

    private static Row row(String what, Budget budget, Samples samples) {
        return Row.of(
                what,
                budget,
                samples.median(),
                "%s, p90 %s (n = %d)"
                        .formatted(millis(samples.median()), number(samples.quantile(0.9)), samples.count()));
    }
}
