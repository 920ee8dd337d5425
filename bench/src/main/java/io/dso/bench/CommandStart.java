package io.dso.bench;

import static io.dso.bench.Samples.millis;
import static io.dso.bench.Samples.number;

import io.dso.bench.Row.Budget;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How long {@code dso version} takes, beside the least that any command takes here. */
final class CommandStart {
    private static final int WARM_UP = 3;
    private static final int RUNS = 61;
    private static final Redirect NOTHING = Redirect.from(Path.of("/dev/null").toFile());

    private final Lab lab;

    CommandStart(Lab lab) {
        this.lab = lab;
    }

    List<Row> measure() {
        var dso = lab.setup().home().resolve("bin/dso").toString();
        var version = new double[RUNS];
        var nothing = new double[RUNS];
        try (var csv = lab.csv("command-start", "run", "dso_version_ms", "true_ms")) {
            for (int run = -WARM_UP; run < RUNS; run++) {
                double ours =
                        lab.stopwatch().run(Map.of(), NOTHING, dso, "version").millis();
                double least =
                        lab.stopwatch().run(Map.of(), NOTHING, "/bin/true").millis();
                if (run >= 0) {
                    version[run] = ours;
                    nothing[run] = least;
                    csv.line(run, ours, least);
                }
            }
        }
        var ours = new Samples(version);
        var least = new Samples(nothing);
        boolean isNative = lab.setup().kind() == Setup.Kind.NATIVE;
        return List.of(
                Row.of(
                        "CLI: `dso version`",
                        isNative ? Budget.atMost(10, "ms") : new Budget.None(),
                        ours.median(),
                        "%s, p90 %s (n = %d)".formatted(millis(ours.median()), number(ours.quantile(0.9)), RUNS)),
                Row.beside(
                        "– `/bin/true`",
                        "%s; `dso version` × %s"
                                .formatted(millis(least.median()), number(ours.median() / least.median()))));
    }
}
