package io.dso.bench;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** Runs all measurements, one after the other, and writes the report's section. */
final class Bench {
    /** Has a section of its own in the report. */
    private static final String SCALE = "scale";

    private Bench() {}

    public static void main(String... arguments) {
        var setup = Setup.read(System.getProperties());
        var machine = Machine.text();
        try (var docker = new Docker(setup.dockerSocket())) {
            docker.clean();
            try {
                var stopwatch = new Stopwatch(setup.stopwatch());
                try (var agent = new Agent(setup, stopwatch)) {
                    report(setup, machine, docker.engine(), measured(new Lab(setup, docker, stopwatch, agent)));
                }
            } finally {
                docker.clean();
            }
        }
    }

    private static List<Row> measured(Lab lab) {
        try {
            return measure(lab);
        } catch (RuntimeException e) {
            System.err.println(lab.agent().logTail()); // its folder goes
            throw e;
        }
    }

    private static List<Row> measure(Lab lab) {
        Map<String, Supplier<List<Row>>> measurements = new LinkedHashMap<>();
        measurements.put("container-start", () -> new ContainerStart(lab).measure());
        measurements.put("mount-call", () -> new MountCall(lab).measure());
        measurements.put("change", () -> new Change(lab).measure());
        measurements.put("agent-start", () -> new AgentStart(lab).measure());
        measurements.put("agent-volumes", () -> new AgentVolumes(lab).measure());
        measurements.put("agent-idle", () -> new AgentIdle(lab).measure());
        measurements.put("command-start", () -> new CommandStart(lab).measure());
        measurements.put("restart", () -> new RestartOutage(lab).measure());
        // By itself: it takes long, much memory, and a driver that is gone afterwards.
        if (lab.setup().only().equals(SCALE)) {
            measurements.put(SCALE, () -> new Scale(lab).measure());
        }
        var rows = new ArrayList<Row>();
        measurements.forEach((name, measurement) -> {
            if (lab.setup().only().isEmpty() || name.matches(lab.setup().only())) {
                long began = System.nanoTime();
                var measured = measurement.get();
                var took = Duration.ofNanos(System.nanoTime() - began);
                System.out.println("   %s took %d s".formatted(name, took.toSeconds()));
                measured.forEach(row ->
                        System.out.println("     %s: %s %s".formatted(row.what(), row.measured(), row.verdict())));
                rows.addAll(measured);
            }
        });
        return rows;
    }

    private static void report(Setup setup, String machine, String engine, List<Row> rows) {
        boolean scale = setup.only().equals(SCALE);
        if (!setup.only().isEmpty() && !scale) {
            return; // a part would replace the whole
        }
        var section = "### %s%s, Docker Engine %s\n\n%s. %s.\n\n%s"
                .formatted(
                        setup.kind() == Setup.Kind.NATIVE ? "Native executables" : "JVM package",
                        scale ? ", 500 containers" : "",
                        engine,
                        LocalDate.now(ZoneOffset.UTC),
                        machine,
                        Report.table(rows));
        var line = engine.replaceFirst("^(20\\.10|\\d+).*", "$1");
        var key = "%s-%s%s".formatted(setup.kind().text().toLowerCase(Locale.ROOT), line, scale ? "-scale" : "");
        Report.write(setup.report(), key, section);
    }
}
