package io.dso.bench;

import static io.dso.bench.Samples.millis;
import static io.dso.bench.Samples.number;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.dso.bench.Docker.Mount;
import io.dso.bench.Row.Budget;
import io.dso.provider.local.vault.KeySource;
import io.dso.provider.local.vault.SecretBytes;
import io.dso.provider.local.vault.SecretPath;
import io.dso.provider.local.vault.Vault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** 500 running containers, each with a bundle of two secrets of its own; 50 secrets change at once. */
final class Scale {
    private static final int CONTAINERS = 500;
    private static final int CHANGES = 50;
    private static final int STARTERS = 4;
    private static final int PASSES = 4;
    private static final Duration PASS = Duration.ofSeconds(5);
    private static final Duration REST = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Lab lab;

    Scale(Lab lab) {
        this.lab = lab;
    }

    List<Row> measure() {
        var setup = lab.setup();
        try (var calls = new EngineCalls(setup.work().resolve("scale.sock"), setup.dockerSocket());
                var agent = new Agent(setup, lab.stopwatch(), calls.socket(), configuration());
                var vault = Vault.open(agent.vault(), new KeySource.KeyFile(agent.keyFile()))) {
            for (int i = 0; i < CONTAINERS; i++) {
                put(vault, i, "first", "1");
                put(vault, i, "second", "1");
            }
            try (var started = agent.start()) {
                startAll(agent);
                Lab.rest(REST);
                calls.taken();
                Lab.rest(PASS.multipliedBy(PASSES));
                double perPass = calls.taken() / (double) PASSES;
                var before = Footprint.of(started.pid());
                var change = change(agent, vault);
                double perRotation = (calls.taken() - perPass * change.proved() / PASS.toMillis()) / CHANGES;
                var after = Footprint.of(started.pid());
                lab.docker().clean();
                return rows(change, perPass, perRotation, before, after);
            }
        }
    }

    /** Milliseconds since the last change was written. */
    private record Change(double writing, double live, double proved) {}

    private static String configuration() {
        var bundles = new StringBuilder();
        for (int i = 0; i < CONTAINERS; i++) {
            bundles.append("    b%1$d: { secrets: [ s%1$d/first, s%1$d/second ], ".formatted(i))
                    .append("reload: { strategy: signal, signal: SIGWINCH, settle: 1s }, ")
                    .append("allow: { compose-project: bench, compose-service: app } }\n");
        }
        return """
                dso:
                  full-pass: %ds
                  providers:
                    local: { kind: local, config: { vault: %%1$s/vault, key-file: %%1$s/key } }
                  bundles:
                %s""".formatted(PASS.toSeconds(), bundles);
    }

    private static void put(Vault vault, int container, String name, String value) {
        try (var bytes = SecretBytes.owning(value.getBytes(UTF_8))) {
            vault.put(new SecretPath("s%d/%s".formatted(container, name)), bytes);
        }
    }

    private void startAll(Agent agent) {
        List<Future<?>> starts = new ArrayList<>();
        try (var starters = Executors.newFixedThreadPool(STARTERS)) {
            for (int starter = 0; starter < STARTERS; starter++) {
                int first = starter;
                starts.add(starters.submit(() -> {
                    try (var docker = new Docker(lab.setup().dockerSocket())) {
                        IntStream.iterate(first, i -> i < CONTAINERS, i -> i + STARTERS)
                                .forEach(i -> docker.start(docker.create(
                                        List.of("/probe"),
                                        List.of(Mount.dso(
                                                volume(agent, i), agent.driver(), "b" + i, "/run/secrets")))));
                    }
                }));
            }
        }
        for (var start : starts) {
            try {
                start.get();
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException("the containers can't be started", e);
            }
        }
    }

    private static String volume(Agent agent, int container) {
        return agent.driver() + "-" + container;
    }

    private static Change change(Agent agent, Vault vault) {
        var files = IntStream.range(0, CHANGES)
                .mapToObj(i -> file(agent.runDirectory().resolve("volumes").resolve(volume(agent, i))))
                .toList();
        var rotations = agent.runDirectory().resolve("journal/rotations");
        long begin = System.nanoTime();
        for (int i = 0; i < CHANGES; i++) {
            put(vault, i, "first", "2");
        }
        long written = System.nanoTime();
        await(() -> files.stream().allMatch(file -> read(file).equals("2")));
        long live = System.nanoTime();
        await(() -> isEmpty(rotations));
        long proved = System.nanoTime();
        return new Change((written - begin) / 1e6, (live - written) / 1e6, (proved - written) / 1e6);
    }

    /** The one mount's file. */
    private static Path file(Path volume) {
        try (var mounts = Files.list(volume)) {
            return mounts.findFirst()
                    .orElseThrow(() -> new IllegalStateException("nothing is mounted from " + volume))
                    .resolve("first");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isEmpty(Path directory) {
        try (var files = Files.list(directory)) {
            return files.findAny().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("not within " + PATIENCE);
            }
            Lab.rest(Duration.ofMillis(1));
        }
    }

    private List<Row> rows(Change change, double perPass, double perRotation, Footprint before, Footprint after) {
        try (var csv = lab.csv(
                "scale",
                "writing_ms",
                "live_ms",
                "proved_ms",
                "calls_pass",
                "calls_rotation",
                "rss_mib",
                "rss_after_mib")) {
            csv.line(change.writing(), change.live(), change.proved(), perPass, perRotation, before.rss(), after.rss());
        }
        return List.of(
                Row.beside(
                        "%d containers, %d secrets, %d change within %s: the last is written → the files of all are new"
                                .formatted(CONTAINERS, 2 * CONTAINERS, CHANGES, millis(change.writing())),
                        millis(change.live())),
                Row.beside("– → all are signalled and proved (settle 1 s)", millis(change.proved())),
                Row.beside("– engine calls a rotation", number(perRotation)),
                Row.of(
                        "– engine calls of a full pass without a change",
                        Budget.atMost(3, "calls"),
                        perPass,
                        "%s (n = %d)".formatted(number(perPass), PASSES)),
                Row.beside(
                        "– agent's RSS",
                        "%s MiB, after the change %s MiB".formatted(number(before.rss()), number(after.rss()))));
    }
}
