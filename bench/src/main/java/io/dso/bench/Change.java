package io.dso.bench;

import static io.dso.bench.Samples.millis;
import static io.dso.bench.Samples.number;

import io.dso.bench.Docker.Mount;
import io.dso.bench.Row.Budget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * How long after {@code dso secret set} returned the running container can read the new bytes. A program in the container
 * reads the file every 100 µs and writes down the monotonic time at which the bytes are others. Its own error is measured in
 * the same run, change by change: it also watches a file that is replaced by a rename at a time that is known.
 */
final class Change {
    private static final int WARM_UP = 10;
    private static final int CHANGES = 200;
    private static final int DSO_FILE = 0;
    private static final int CONTROL_FILE = 1;

    private final Lab lab;
    private final Random random = new Random();

    Change(Lab lab) {
        this.lab = lab;
    }

    /** One change, in milliseconds; negative: the bytes were there before the command had returned. */
    private record Sample(double sinceReturn, double sinceExec, double control) {}

    List<Row> measure() {
        var agent = lab.agent();
        try (var _ = agent.start()) {
            var out = lab.ramFolder("out");
            var control = lab.ramFolder("control");
            lab.stopwatch().publish(agent.value(0), control.resolve(Agent.FILE));
            var container = lab.createStopwatch(
                    List.of("see", "/out/seen", "/s/" + Agent.FILE, "/control/" + Agent.FILE),
                    out,
                    List.of(
                            Mount.dso(agent.driver() + "-change", agent.driver(), Agent.BUNDLE, "/s"),
                            Mount.bind(control, "/control")));
            lab.docker().start(container);
            var stamps = new Stamps(out.resolve("seen"));
            stamps.seen(CONTROL_FILE, 0);
            var samples = new ArrayList<Sample>();
            for (long number = 1; number <= WARM_UP + CHANGES; number++) {
                long published = lab.stopwatch().publish(agent.value(number), control.resolve(Agent.FILE));
                double error = (stamps.seen(CONTROL_FILE, number) - published) / 1e6;
                var run = agent.set(number);
                long seen = stamps.seen(DSO_FILE, number);
                if (number > WARM_UP) {
                    samples.add(new Sample((seen - run.ended()) / 1e6, (seen - run.began()) / 1e6, error));
                }
                Lab.rest(Duration.ofMillis(20 + random.nextInt(40)));
            }
            lab.docker().remove(container);
            lab.docker().clean();
            return rows(samples);
        }
    }

    private List<Row> rows(List<Sample> samples) {
        try (var csv = lab.csv("change", "change", "since_return_ms", "since_exec_ms", "control_ms")) {
            for (int i = 0; i < samples.size(); i++) {
                var sample = samples.get(i);
                csv.line(i, sample.sinceReturn(), sample.sinceExec(), sample.control());
            }
        }
        var sinceReturn = Samples.of(CHANGES, i -> samples.get(i).sinceReturn());
        var sinceExec = Samples.of(CHANGES, i -> samples.get(i).sinceExec());
        var control = Samples.of(CHANGES, i -> samples.get(i).control());
        boolean isNative = lab.setup().kind() == Setup.Kind.NATIVE;
        return List.of(
                Row.of(
                        "`dso secret set` returned → new bytes readable in the running container, p50",
                        isNative ? Budget.atMost(20, "ms") : new Budget.None(),
                        sinceReturn.median(),
                        "%s (n = %d)".formatted(millis(sinceReturn.median()), CHANGES)),
                Row.of(
                        "– p99",
                        isNative ? Budget.atMost(100, "ms") : new Budget.None(),
                        sinceReturn.quantile(0.99),
                        "%s; %s"
                                .formatted(
                                        millis(sinceReturn.quantile(0.99)),
                                        "least %s, most %s"
                                                .formatted(
                                                        number(sinceReturn.quantile(0)),
                                                        number(sinceReturn.quantile(1))))),
                Row.beside("– from the command's exec", p50p99(sinceExec)),
                Row.beside("– the measuring's own error: a rename in a bound tmpfs directory → seen", p50p99(control)));
    }

    private static String p50p99(Samples samples) {
        return "p50 %s, p99 %s".formatted(millis(samples.median()), millis(samples.quantile(0.99)));
    }
}
