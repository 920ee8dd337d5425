package io.dso.bench;

import static io.dso.bench.Samples.number;

import io.dso.bench.Docker.Mount;
import io.dso.bench.Row.Budget;
import java.time.Duration;
import java.util.List;

/** What agent and provider take while nothing happens, beside many volumes, each in a running container of its own. */
final class AgentVolumes {
    private static final int VOLUMES = 100;
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final Duration WINDOW = Duration.ofSeconds(60);

    private final Lab lab;

    AgentVolumes(Lab lab) {
        this.lab = lab;
    }

    List<Row> measure() {
        var agent = lab.agent();
        try (var started = agent.start()) {
            for (int i = 0; i < VOLUMES; i++) {
                var mount = Mount.dso(agent.driver() + "-" + i, agent.driver(), Agent.BUNDLE, "/run/secrets");
                lab.docker().start(lab.docker().create(List.of("/probe"), List.of(mount)));
            }
            Lab.rest(SETTLE);
            long began = System.nanoTime();
            var agentBefore = Footprint.of(started.pid());
            var providerBefore = Footprint.of(started.provider());
            Lab.rest(WINDOW);
            var agentAfter = Footprint.of(started.pid());
            var providerAfter = Footprint.of(started.provider());
            double seconds = (System.nanoTime() - began) / 1e9;
            lab.docker().clean();
            double ofAgent = 100 * (agentAfter.cpu() - agentBefore.cpu()) / seconds;
            double ofProvider = 100 * (providerAfter.cpu() - providerBefore.cpu()) / seconds;
            try (var csv = lab.csv("agent-volumes", "who", "cpu_percent", "rss_mib")) {
                csv.line("agent", ofAgent, agentAfter.rss());
                csv.line("provider", ofProvider, providerAfter.rss());
            }
            return List.of(
                    Row.of(
                            "Agent: CPU with %d volumes in %d running containers, over 60 s"
                                    .formatted(VOLUMES, VOLUMES),
                            Budget.below(1, "% of a core"),
                            ofAgent,
                            "%s %%; RSS then %s MiB".formatted(number(ofAgent), number(agentAfter.rss()))),
                    Row.beside(
                            "– its local provider's",
                            "%s %%; RSS then %s MiB".formatted(number(ofProvider), number(providerAfter.rss()))));
        }
    }
}
