package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In whatever order engine and agent come and go: in the end every container runs with its current secret. */
class BootOrderTest extends OwnEngine {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    @BeforeAll
    void configure() {
        agent.configure("shop: { secrets: [ db ], reload: { strategy: none }, " + ALLOW_ALL + " }");
    }

    @BeforeEach
    void bothRun() {
        agent.secret("db", "first");
        if (!engine.isLaunched()) {
            engine.launch();
        }
        if (!agent.runs()) {
            agent.launch();
        }
        engine.awaitAnswer();
        agent.awaitReady();
    }

    @Test
    void engine_first_and_the_agent_five_seconds_later() {
        var web = alwaysRestarting();
        engine.stop();
        agent.stop();
        agent.secret("db", "second");

        engine.launch();
        pass(Duration.ofSeconds(5));
        agent.launch();

        assertRunsWith(web, "second");
    }

    @Test
    void engine_first_while_a_killed_agent_left_its_socket_behind() {
        var web = alwaysRestarting();
        engine.stop();
        agent.kill();
        agent.secret("db", "second");
        assertThat(agent.driverSocket()).exists();
        var told = engine.log().length();

        engine.launch();
        Await.until(
                "the engine was refused there",
                LIMIT,
                () -> engine.log().substring(told).contains("connection refused, retrying"));
        agent.launch();

        assertRunsWith(web, "second");
    }

    @Test
    void engine_restarted_under_a_running_agent() {
        var web = alwaysRestarting();

        engine.stop();
        agent.secret("db", "second");
        engine.launch();

        assertRunsWith(web, "second");
        agent.secret("db", "third");
        web.awaitFile("/s/db", "third");
    }

    @Test
    void engine_killed_under_a_running_agent() {
        var web = alwaysRestarting();

        engine.kill();
        engine.launch();

        assertRunsWith(web, "first");
        agent.secret("db", "second");
        web.awaitFile("/s/db", "second");
    }

    @Test
    void agent_started_before_the_engine() {
        var web = alwaysRestarting();
        engine.stop();
        agent.stop();
        agent.secret("db", "second");

        agent.launch();
        Await.until("the driver socket is there", LIMIT, () -> Files.exists(agent.driverSocket()));
        engine.launch();

        assertRunsWith(web, "second");
    }

    @Test
    void an_orderly_stop_leaves_no_socket_file() {
        assertThat(agent.driverSocket()).exists();
        assertThat(agent.controlSocket()).exists();

        assertThat(agent.stop()).as("exit code").isIn(0, 143);

        assertThat(agent.driverSocket()).doesNotExist();
        assertThat(agent.controlSocket()).doesNotExist();
    }

    @Test
    void a_stop_at_any_moment_of_a_start_leaves_no_socket_file() {
        agent.stop();
        for (int after = 0; after < 600; after += 30) {
            var told = agent.log().length();
            agent.launch();
            pass(Duration.ofMillis(after));

            var code = agent.stop();
            var javaWasUp = !agent.log().substring(told).contains(Agent.JAVA_NOT_UP);
            assertThat(code)
                    .as("exit code %d ms after the start", after)
                    .isIn(javaWasUp ? List.of(0, 143) : List.of(1));

            assertThat(agent.driverSocket()).doesNotExist();
            assertThat(agent.controlSocket()).doesNotExist();
        }
    }

    private Container alwaysRestarting() {
        var web = start("--restart=always", bundle("shop"), STATIC, "/probe", "serve", "/s/db");
        web.awaitLine("start first");
        return web;
    }

    private static void pass(Duration time) {
        var end = System.nanoTime() + time.toNanos();
        Await.until(time + " pass", LIMIT, () -> System.nanoTime() > end);
    }

    private void assertRunsWith(Container web, String value) {
        engine.awaitAnswer();
        agent.awaitReady();
        Await.until("container " + web.name() + " runs", LIMIT, web::runs);
        web.awaitFile("/s/db", value);
        assertThat(containers()).containsExactly(web.id());
        assertThat(agent.log()).as("a mount that comes again is served").doesNotContain("can't be written");
        assertThat(docker("volume", "ls", "--quiet", "--filter", "driver=" + agent.driver())
                        .succeeded()
                        .text())
                .isNotEmpty();
    }
}
