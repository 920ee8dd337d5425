package io.dso.bench;

import static io.dso.bench.Samples.number;

import io.dso.bench.Docker.Mount;
import io.dso.bench.Row.Budget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What the agent and its provider take while nothing happens: memory after a start, and CPU time beside many volumes. */
final class AgentIdle {
    private static final int AGENTS = 3;
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final int VOLUMES = 100;
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final Duration WINDOW = Duration.ofSeconds(60);

    private final Lab lab;

    AgentIdle(Lab lab) {
        this.lab = lab;
    }

    List<Row> measure() {
        try (var csv =
                lab.csv("agent-idle", "what", "agent_rss_mib", "provider_rss_mib", "agent_cpu", "provider_cpu")) {
            return Stream.concat(afterAStart(csv).stream(), besideManyVolumes(csv).stream())
                    .toList();
        }
    }

    /** Agent and provider, each once. */
    private record Both(Footprint agent, Footprint provider) {
        static Both of(Agent.Started started) {
            return new Both(Footprint.of(started.pid()), Footprint.of(Agent.provider(started)));
        }
    }

    private List<Row> afterAStart(Csv csv) {
        var agents = new ArrayList<Agent>();
        try {
            var running = new ArrayList<Agent.Started>();
            for (int i = 0; i < AGENTS; i++) {
                var agent = lab.agent();
                agents.add(agent);
                running.add(agent.start());
                startContainer(agent, 0);
            }
            Lab.rest(IDLE);
            var taken = running.stream().map(Both::of).toList();
            taken.forEach(
                    both -> csv.line("idle", both.agent().rss(), both.provider().rss(), "", ""));
            lab.docker().clean();
            var agent = Samples.of(AGENTS, i -> taken.get(i).agent().rss());
            var provider = Samples.of(AGENTS, i -> taken.get(i).provider().rss());
            return List.of(
                    Row.of(
                            "Agent: RSS, idle 30 s after a start, one volume mounted",
                            Budget.atMost(lab.setup().kind().pick(64, 120), "MiB"),
                            agent.median(),
                            "%s MiB (n = %d agents)".formatted(number(agent.median()), AGENTS)),
                    Row.beside("– its local provider's", number(provider.median()) + " MiB"));
        } finally {
            agents.forEach(Agent::close);
        }
    }

    private List<Row> besideManyVolumes(Csv csv) {
        try (var agent = lab.agent()) {
            var started = agent.start();
            for (int i = 0; i < VOLUMES; i++) {
                startContainer(agent, i);
            }
            Lab.rest(SETTLE);
            var before = Both.of(started);
            long began = System.nanoTime();
            Lab.rest(WINDOW);
            var after = Both.of(started);
            double seconds = (System.nanoTime() - began) / 1e9;
            double ofAgent = 100 * (after.agent().cpu() - before.agent().cpu()) / seconds;
            double ofProvider =
                    100 * (after.provider().cpu() - before.provider().cpu()) / seconds;
            csv.line(VOLUMES + " volumes", after.agent().rss(), after.provider().rss(), ofAgent, ofProvider);
            lab.docker().clean();
            return List.of(
                    Row.of(
                            "Agent: CPU with %d volumes in %d running containers, over 60 s"
                                    .formatted(VOLUMES, VOLUMES),
                            Budget.atMost(1, "% of a core"),
                            ofAgent,
                            "%s %% of a core".formatted(number(ofAgent))),
                    Row.beside("– its local provider's", number(ofProvider) + " % of a core"),
                    Row.beside(
                            "– RSS of agent and provider then",
                            "%s MiB, %s MiB"
                                    .formatted(
                                            number(after.agent().rss()),
                                            number(after.provider().rss()))));
        }
    }

    private void startContainer(Agent agent, int number) {
        var volume = "%s-idle-%d".formatted(agent.driver(), number);
        var mount = Mount.dso(volume, agent.driver(), Agent.BUNDLE, "/run/secrets");
        lab.docker().start(lab.docker().create(List.of("/probe"), List.of(mount)));
    }
}
