package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What is asked of the engine while the agent is dead. It waits 15 s for the driver, and as long again and again in a
 * restart (docs/engine.md F6): so all is asked at once, and each test looks at what became of one thing.
 */
class AgentDeadTest extends OwnEngine {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Outcome started;
    private Outcome copied;
    private Outcome restarted;
    private Container ended;
    private Container source;
    private Container web;

    @BeforeAll
    void askWhileTheAgentIsDead() throws Exception {
        agent.secret("db", "first").secret("other", "first");
        agent.configure("""
                shop: { secrets: [ db ], reload: { strategy: none }, %1$s }
                hup: { secrets: [ other ], reload: { strategy: signal, settle: 1s }, %1$s }
                """.formatted(ALLOW_ALL));
        agent.start();
        ended = start(bundle("shop"), STATIC, "/probe");
        source = start(bundle("hup"), BUSYBOX, "/probe", "serve", "/s/other");
        web = start("--restart=always", bundle("shop"), STATIC, "/probe", "serve", "/s/db");
        source.awaitLine("start first");
        web.awaitLine("start first");

        agent.kill();
        agent.secret("db", "second");
        try (var all = Executors.newVirtualThreadPerTaskExecutor()) {
            var start = all.submit(() -> run(bundle("shop"), STATIC, "/probe", "dump", "/s"));
            var copy = all.submit(() -> docker("cp", source.id() + ":/s/other", "-"));
            var restart = all.submit(() -> docker("restart", web.id()));
            var end = all.submit(() -> ended.stopBy("KILL"));
            started = start.get();
            copied = copy.get();
            restarted = restart.get();
            end.get();
        }
        agent.start();
    }

    /** Not after each test: each has one of its own. */
    @Override
    void removeContainers() {}

    @AfterAll
    void removeAllContainers() {
        super.removeContainers();
    }

    @Test
    void a_start_is_refused_and_works_again_after() {
        assertThat(started.exitCode()).isEqualTo(125);

        assertThat(run(bundle("shop"), STATIC, "/probe", "dump", "/s")
                        .succeeded()
                        .text())
                .endsWith("second");
    }

    @Test
    void a_copy_out_of_a_container_is_refused_and_takes_nothing() throws Exception {
        assertThat(copied.exitCode()).isNotZero();

        docker("cp", source.id() + ":/s/", "-").succeeded();

        source.awaitFile("/s/other", "first");
        agent.secret("other", "second");
        source.awaitLine("hup second");
    }

    /** The engine couldn't give its mount back, so the next start comes with the same mount's ID. */
    @Test
    void a_container_that_ended_can_be_started_after() throws Exception {
        docker("start", ended.id()).succeeded();

        assertThat(ended.file("/s/db")).asString().isEqualTo("second");
    }

    @Test
    void a_container_that_the_engine_gave_up_to_restart_runs_with_the_current_secret_after() {
        assertThat(restarted.exitCode())
                .as("the engine gives up on a restart without a driver (docs/engine.md F6)")
                .isNotZero();

        Await.until("it runs", LIMIT, web::runs);
        web.awaitFile("/s/db", "second");
        assertThat(agent.log()).as("a mount that comes again is served").doesNotContain("can't be written");
    }
}
