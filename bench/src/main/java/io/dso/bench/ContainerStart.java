package io.dso.bench;

import static io.dso.bench.Samples.millis;
import static io.dso.bench.Samples.number;

import io.dso.bench.Docker.Mount;
import io.dso.bench.Row.Budget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How long the engine takes to start a container, by what it finds at one path. Each round starts one of each sort, and each
 * round begins with another one, so that whatever else the machine does hits all alike.
 */
final class ContainerStart {
    private static final int WARM_UP = 5;
    private static final String TARGET = "/run/secrets";

    private final Lab lab;

    ContainerStart(Lab lab) {
        this.lab = lab;
    }

    private enum Sort {
        LOCAL("a `local` volume"),
        DSO("a dso volume"),
        TMPFS("a bind of a tmpfs directory"),
        FILE("a bind of a file, as Compose does it for a file secret");

        private final String text;

        Sort(String text) {
            this.text = text;
        }
    }

    /** Milliseconds by sort. */
    private record Round(double[] times) {
        double of(Sort sort) {
            return times[sort.ordinal()];
        }
    }

    List<Row> measure() {
        try (var agent = lab.agent()) {
            agent.start();
            var mounts =
                    Arrays.stream(Sort.values()).map(sort -> mount(sort, agent)).toList();
            var rounds = new ArrayList<Round>();
            for (int number = -WARM_UP; number < lab.setup().rounds(); number++) {
                var round = new Round(new double[mounts.size()]);
                for (int i = 0; i < mounts.size(); i++) {
                    int sort = Math.floorMod(number + i, mounts.size());
                    round.times()[sort] = once(mounts.get(sort));
                }
                if (number >= 0) {
                    rounds.add(round);
                }
            }
            lab.docker().clean();
            write(rounds);
            return rows(rounds);
        }
    }

    private Mount mount(Sort sort, Agent agent) {
        return switch (sort) {
            case LOCAL -> Mount.local("dso-bench-local", TARGET);
            case DSO -> Mount.dso(agent.driver() + "-start", agent.driver(), Agent.BUNDLE, TARGET);
            case TMPFS -> {
                var directory = lab.ramFolder("bind");
                copy(agent, directory);
                yield Mount.bind(directory, TARGET);
            }
            case FILE -> Mount.bind(copy(agent, lab.setup().work()), TARGET + "/" + Agent.FILE);
        };
    }

    private static Path copy(Agent agent, Path directory) {
        try {
            return Files.copy(agent.value(0), directory.resolve(Agent.FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double once(Mount mount) {
        var id = lab.docker().create(List.of("/probe"), List.of(mount));
        try {
            return lab.docker().start(id);
        } finally {
            lab.docker().remove(id);
        }
    }

    private void write(List<Round> rounds) {
        try (var csv = lab.csv("container-start", "round", "local_ms", "dso_ms", "tmpfs_bind_ms", "file_bind_ms")) {
            for (int i = 0; i < rounds.size(); i++) {
                var round = rounds.get(i);
                csv.line(i, round.of(Sort.LOCAL), round.of(Sort.DSO), round.of(Sort.TMPFS), round.of(Sort.FILE));
            }
        }
    }

    private List<Row> rows(List<Round> rounds) {
        var local = samples(rounds, Sort.LOCAL);
        var extra = samples(rounds, Sort.DSO).minus(local);
        var rows = new ArrayList<Row>();
        rows.add(Row.of(
                "Container start with a dso volume, minus the same with a `local` volume",
                Budget.atMost(lab.setup().kind().pick(10, 25), "ms"),
                extra.median(),
                "%s (95 %%: %s; n = %d pairs)".formatted(millis(extra.median()), extra.medianRange(), extra.count())));
        for (var sort : Sort.values()) {
            var samples = samples(rounds, sort);
            rows.add(Row.beside(
                    "– start with " + sort.text,
                    "%s, p90 %s; × %s"
                            .formatted(
                                    millis(samples.median()),
                                    number(samples.quantile(0.9)),
                                    number(samples.median() / local.median()))));
        }
        return List.copyOf(rows);
    }

    private static Samples samples(List<Round> rounds, Sort sort) {
        return Samples.of(rounds.size(), i -> rounds.get(i).of(sort));
    }
}
