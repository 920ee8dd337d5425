package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A theme: one engine, one agent, and containers that are removed after each test. The agent isn't started yet: a class
 * configures it first.
 */
@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(ShowLogs.class)
abstract class EndToEnd {
    /** Has a shell, the usual commands and {@code /probe}. */
    static final String BUSYBOX = "dso-test/busybox:1";

    /** Has {@code /probe} and nothing else. */
    static final String STATIC = "dso-test/static:1";

    /** A line of a bundle that lets every container of the tests in. */
    static final String ALLOW_ALL = "allow: { image: [ \"" + BUSYBOX + "\", \"" + STATIC + "\" ] }";

    private static final String LABEL = "dso.e2e";

    private final String driver = "dso-e2e-" + theme() + "-" + randomName();
    private final AtomicInteger volumes = new AtomicInteger();
    final Engine engine = engine();
    final Agent agent = new Agent(engine, driver, directory());

    /** The engine under test, unless a theme needs one of its own. */
    Engine engine() {
        return Engine.underTest();
    }

    Path directory() {
        return Settings.work().resolve(driver);
    }

    Outcome docker(String... arguments) {
        return engine.docker(arguments);
    }

    /** The {@code --mount} option for a new volume of a bundle at /s. */
    String bundle(String bundle) {
        return volume(driver + "-" + bundle + "-" + volumes.incrementAndGet(), bundle);
    }

    /** The {@code --mount} option for a volume of this name, which several containers may share, at /s. */
    String volume(String name, String bundle) {
        return "--mount=type=volume,src=" + name + ",dst=/s,volume-driver=" + driver + ",volume-opt=bundle=" + bundle;
    }

    /** {@code docker run} with these arguments, in the foreground. */
    Outcome run(String... arguments) {
        return docker(labelled("run", "--rm", arguments));
    }

    /** {@code docker run} with these arguments, in the background. */
    Container start(String... arguments) {
        return new Container(
                engine,
                docker(labelled("run", "--detach", arguments)).succeeded().text());
    }

    private String[] labelled(String verb, String option, String... arguments) {
        var line = new ArrayList<>(List.of(verb, option, "--label", LABEL + "=" + driver));
        line.addAll(List.of(arguments));
        return line.toArray(String[]::new);
    }

    List<String> containers() {
        var filter = URLEncoder.encode("{\"label\":[\"" + LABEL + "=" + driver + "\"]}", UTF_8);
        var found = new ArrayList<String>();
        Agent.parse(engine.get("/containers/json?all=1&filters=" + filter))
                .forEach(container -> found.add(container.path("Id").asText()));
        return found;
    }

    @AfterEach
    void removeContainers() {
        var ids = containers();
        if (!ids.isEmpty()) {
            var line = new ArrayList<>(List.of("rm", "--force", "--volumes"));
            line.addAll(ids);
            docker(line.toArray(String[]::new)).succeeded();
        }
    }

    @AfterAll
    void removeVolumesAndAgent() {
        if (agent.runs()) {
            var line = new ArrayList<>(List.of("volume", "rm", "--force"));
            docker("volume", "ls", "--quiet", "--filter", "driver=" + driver)
                    .text()
                    .lines()
                    .forEach(line::add);
            docker(line.toArray(String[]::new));
        }
        agent.close();
        engine.close();
        assertThat(agent.stackTraces())
                .as("lines of the agent's log with a stack trace: what can be expected is told in a sentence")
                .isEmpty();
    }

    private String theme() {
        return getClass().getSimpleName().replaceAll("Test$", "").toLowerCase(Locale.ROOT);
    }

    private static String randomName() {
        var bytes = new byte[2];
        new Random().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
