package io.dso.bench;

import static io.dso.bench.Samples.millis;
import static io.dso.bench.Samples.number;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.dso.bench.Docker.Mount;
import java.util.List;

/**
 * Where the extra time of a start goes: the driver's calls without the engine around them, and beside them the engine's list
 * call which the agent makes at each mount.
 */
final class MountCall {
    private static final int WARM_UP = 20;
    private static final int ROUNDS = 100;

    private final Lab lab;

    MountCall(Lab lab) {
        this.lab = lab;
    }

    List<Row> measure() {
        var agent = lab.agent();
        try (var _ = agent.start()) {
            var volume = agent.driver() + "-mount";
            var container = lab.docker()
                    .create(
                            List.of("/probe"),
                            List.of(Mount.dso(volume, agent.driver(), Agent.BUNDLE, "/run/secrets")));
            var mount = new double[ROUNDS];
            var unmount = new double[ROUNDS];
            var list = new double[ROUNDS];
            try (var driver = new UnixHttp(agent.socket());
                    var csv = lab.csv("mount-call", "round", "mount_ms", "unmount_ms", "list_ms")) {
                for (int round = -WARM_UP; round < ROUNDS; round++) {
                    double mounted = call(driver, "Mount", volume, round);
                    double unmounted = call(driver, "Unmount", volume, round);
                    double listed = lab.docker().list(volume);
                    if (round >= 0) {
                        mount[round] = mounted;
                        unmount[round] = unmounted;
                        list[round] = listed;
                        csv.line(round, mounted, unmounted, listed);
                    }
                }
            }
            lab.docker().remove(container);
            lab.docker().clean();
            return List.of(
                    row("– the driver's Mount call, asked directly", new Samples(mount)),
                    row("– in it the engine's list call, asked directly", new Samples(list)),
                    row("– the driver's Unmount call, asked directly", new Samples(unmount)));
        }
    }

    private static double call(UnixHttp driver, String what, String volume, int round) {
        var body = "{\"Name\":\"%s\",\"ID\":\"bench%d\"}".formatted(volume, round);
        var answer = driver.send("POST", "/VolumeDriver." + what, body.getBytes(UTF_8));
        if (answer.status() != 200 || answer.text().contains("\"Err\":\"")) {
            throw new IllegalStateException(what + " answered " + answer.status() + " " + answer.text());
        }
        return answer.millis();
    }

    private static Row row(String what, Samples samples) {
        return Row.beside(
                what,
                "%s, p90 %s (n = %d)"
                        .formatted(millis(samples.median()), number(samples.quantile(0.9)), samples.count()));
    }
}
