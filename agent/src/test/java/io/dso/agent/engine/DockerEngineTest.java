package io.dso.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.agent.reconcile.World;
import io.dso.agent.time.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** On the engine that the end-to-end tests have, with their image. */
@EnabledIfSystemProperty(named = "dso.e2e.docker-host", matches = ".+")
class DockerEngineTest extends EngineContract {
    private static final String IMAGE = "dso-test/busybox:1";

    private final String host = System.getProperty("dso.e2e.docker-host", "");
    private final DockerEngine engine = new DockerEngine(host, "dso");
    private final List<String> made = new ArrayList<>();

    @Override
    Engine engine() {
        return engine;
    }

    @Override
    Instant now() {
        return Instant.now();
    }

    @AfterEach
    void removeAll() {
        made.forEach(id -> docker("rm", "--force", id));
        engine.close();
    }

    private String docker(String... arguments) {
        var command = new ArrayList<>(List.of("docker", "--host", host));
        command.addAll(List.of(arguments));
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.outputWriter().close();
            return process.inputReader(StandardCharsets.UTF_8).readAllAsString().strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String create(String... arguments) {
        var all = new ArrayList<>(List.of("create", "--label", "a=b", "--stop-timeout", "1"));
        all.addAll(List.of(arguments));
        var id = docker(all.toArray(String[]::new));
        made.add(id);
        return id;
    }

    @Override
    String idle(String name) {
        return create("--name", name, IMAGE, "sleep", "1000");
    }

    @Override
    String crashing(String name, String restart) {
        return create("--name", name, "--restart", restart, IMAGE, "sh", "-c", "exit 7");
    }

    @Override
    void stop(String id) {
        docker("stop", "--time", "0", id);
    }

    @Override
    void remove(String id) {
        docker("rm", "--force", id);
    }

    @Test
    void an_engine_that_is_not_there_is_unavailable_at_once() {
        try (var nowhere = new DockerEngine("unix:///nowhere/docker.sock", "dso")) {
            assertThatThrownBy(() -> nowhere.containers(Deadline.after(Duration.ofSeconds(10), InstantSource.system())))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.UNAVAILABLE));
        }
    }

    @Test
    void health_is_what_the_check_says() {
        var id = create("--name", "web", "--health-cmd", "true", "--health-interval", "200ms", IMAGE, "sleep", "1000");
        engine.start(id, Deadline.after(Duration.ofSeconds(20), InstantSource.system()));

        World.eventually(() -> assertThat(
                        engine.inspect(id, Deadline.after(Duration.ofSeconds(20), InstantSource.system()))
                                .health())
                .isEqualTo(Inspection.Health.HEALTHY));
    }
}
