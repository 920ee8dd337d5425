package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Compose takes what was replaced for its own. */
class ComposeTest extends OwnEngine {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final Path program = Settings.program("COMPOSE");
    private final Path file = directory().resolve("compose.yaml");

    @BeforeAll
    void startAgent() throws IOException {
        agent.secret("db", "first").secret("tls", "first").secret("key", "first");
        agent.configure("""
                shop:
                  secrets: [ db, tls, key ]
                  reload: { settle: 200ms }
                  allow: { compose-project: [ %1$s-a, %1$s-b ], compose-service: api }
                """.formatted(agent.driver()));
        Files.writeString(file, """
                services:
                  api:
                    image: %1$s
                    command: [ /probe, serve, /s/db ]
                    deploy: { replicas: 3 }
                    labels: { %3$s: "%2$s" }
                    volumes: [ "secrets:/s" ]
                    networks: { default: { aliases: [ backend ] } }
                volumes:
                  secrets: { driver: %2$s, driver_opts: { bundle: shop } }
                """.formatted(BUSYBOX, agent.driver(), "dso.e2e"));
        agent.start();
    }

    private Outcome compose(String project, String... arguments) {
        var line = new ArrayList<>(List.of(
                program.toString(), "--project-name", agent.driver() + "-" + project, "--file", file.toString()));
        line.addAll(List.of(arguments));
        return new Command(
                        List.copyOf(line),
                        Map.of("DOCKER_HOST", engine.host(), "HOME", directory().toString()),
                        new byte[0],
                        Duration.ofSeconds(120))
                .run();
    }

    private Set<String> ids(String project) {
        return new HashSet<>(compose(project, "ps", "--quiet", "--status", "running")
                .succeeded()
                .text()
                .lines()
                .toList());
    }

    private Set<String> names() {
        return docker("ps", "--filter", "label=dso.e2e=" + agent.driver(), "--format", "{{.Names}}")
                .succeeded()
                .text()
                .lines()
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void three_replicas_of_two_projects_are_each_replaced_once_and_are_composes_own() {
        for (var project : List.of("a", "b")) {
            compose(project, "up", "--detach", "--pull", "never").succeeded();
        }
        var before = Map.of("a", ids("a"), "b", ids("b"));
        var names = names();
        assertThat(names).hasSize(6);

        agent.secret("db", "second").secret("tls", "second").secret("key", "second");

        Await.until(
                "all are replaced",
                LIMIT,
                () -> agent.json("status", "shop")
                                .at("/bundles/0/state")
                                .asText()
                                .equals("current")
                        && containers().size() == 6
                        && before.values().stream()
                                .noneMatch(ids -> containers().stream().anyMatch(ids::contains)));
        assertThat(names()).isEqualTo(names);
        for (var project : List.of("a", "b")) {
            var now = ids(project);
            assertThat(now).hasSize(3);
            compose(project, "up", "--detach", "--pull", "never").succeeded();
            assertThat(ids(project)).as("up leaves them as they are").isEqualTo(now);
        }
        assertThat(containers().stream().map(id -> new Container(engine, id)))
                .allSatisfy(container ->
                        assertThat(container.file("/s/tls")).asString().isEqualTo("second"));

        for (var project : List.of("a", "b")) {
            compose(project, "down", "--volumes").succeeded();
        }
        assertThat(containers()).isEmpty();
    }
}
