package io.dso.bench;

import static io.dso.bench.Samples.millis;
import static io.dso.bench.Samples.number;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a change of a secret costs today: {@code docker restart}. The outage is from the process's SIGTERM to the first
 * instruction of its successor, for a process that ends at once and needs nothing to start: the least there can be.
 */
final class RestartOutage {
    private static final int RUNS = 15;

    private final Lab lab;

    RestartOutage(Lab lab) {
        this.lab = lab;
    }

    List<Row> measure() {
        var out = lab.ramFolder("live");
        var container = lab.createStopwatch(List.of("live", "/out/life"), out, List.of());
        var stamps = new Stamps(out.resolve("life"));
        lab.docker().start(container);
        var took = new double[RUNS];
        for (int run = 0; run < RUNS; run++) {
            took[run] = lab.docker().restart(container);
        }
        var outages = outages(stamps);
        lab.docker().remove(container);
        try (var csv = lab.csv("restart", "run", "outage_ms", "call_ms")) {
            for (int run = 0; run < RUNS; run++) {
                csv.line(run, outages.values()[run], took[run]);
            }
        }
        return List.of(Row.beside(
                "Beside it: outage of `docker restart`, of a process that ends and starts at once",
                "%s, p90 %s (n = %d); the call takes %s"
                        .formatted(
                                millis(outages.median()),
                                number(outages.quantile(0.9)),
                                RUNS,
                                millis(new Samples(took).median()))));
    }

    private static Samples outages(Stamps stamps) {
        return stamps.await("all restarts are written down", lines -> {
            var outages = new ArrayList<Double>();
            for (int i = 1; i < lines.size(); i++) {
                if (lines.get(i - 1)[0].equals("down") && lines.get(i)[0].equals("up")) {
                    outages.add((Long.parseLong(lines.get(i)[1]) - Long.parseLong(lines.get(i - 1)[1])) / 1e6);
                }
            }
            return outages.size() < RUNS ? Optional.empty() : Optional.of(Samples.of(RUNS, outages::get));
        });
    }
}
