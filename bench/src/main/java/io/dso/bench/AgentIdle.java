package io.dso.bench;

import static io.dso.bench.Samples.number;

import io.dso.bench.Docker.Mount;
import io.dso.bench.Row.Budget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The memory of agent and provider, while nothing happens, some time after a start and one mount. */
final class AgentIdle {
    private static final int AGENTS = 3;
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final Lab lab;

    AgentIdle(Lab lab) {
        this.lab = lab;
    }

    /** Agent and provider. */
    private record Both(Footprint agent, Footprint provider) {}

    List<Row> measure() {
        var agents = Stream.concat(Stream.of(lab.agent()), Stream.generate(lab::another))
                .limit(AGENTS)
                .toList();
        try {
            var running = new ArrayList<Agent.Started>();
            for (var agent : agents) {
                running.add(agent.start());
                var mount = Mount.dso(agent.driver() + "-idle", agent.driver(), Agent.BUNDLE, "/run/secrets");
                lab.docker().start(lab.docker().create(List.of("/probe"), List.of(mount)));
            }
            Lab.rest(IDLE);
            var taken = running.stream()
                    .map(started -> new Both(Footprint.of(started.pid()), Footprint.of(started.provider())))
                    .toList();
            lab.docker().clean();
            write(taken);
            return rows(taken);
        } finally {
            agents.forEach(Agent::close);
        }
    }

    private void write(List<Both> taken) {
        try (var csv =
                lab.csv("agent-idle", "agent_rss_mib", "agent_anon_mib", "provider_rss_mib", "provider_anon_mib")) {
            taken.forEach(both -> csv.line(
                    both.agent().rss(),
                    both.agent().anonymous(),
                    both.provider().rss(),
                    both.provider().anonymous()));
        }
    }

    private List<Row> rows(List<Both> taken) {
        double rss = median(taken, both -> both.agent().rss());
        return List.of(
                Row.of(
                        "Agent: RSS, idle 30 s after a start and a mount",
                        Budget.atMost(lab.setup().kind().pick(64, 120), "MiB"),
                        rss,
                        "%s MiB, of which %s MiB are not pages of files (n = %d agents)"
                                .formatted(
                                        number(rss),
                                        number(median(
                                                taken, both -> both.agent().anonymous())),
                                        AGENTS)),
                Row.beside(
                        "– its local provider's",
                        "%s MiB, of which %s MiB are not pages of files"
                                .formatted(
                                        number(median(
                                                taken, both -> both.provider().rss())),
                                        number(median(
                                                taken, both -> both.provider().anonymous())))));
    }

    private static double median(List<Both> taken, ToDoubleFunction<Both> of) {
        return Samples.of(taken.size(), i -> of.applyAsDouble(taken.get(i))).median();
    }
}
