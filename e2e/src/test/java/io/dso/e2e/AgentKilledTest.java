package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The agent may be killed at any moment: containers don't notice, and the next agent goes on where it was. */
class AgentKilledTest extends EndToEnd {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @BeforeAll
    void configureAgent() {
        agent.configure("""
                shop: { secrets: [ db ], reload: { strategy: none }, %1$s }
                hup: { secrets: [ db ], reload: { strategy: signal, settle: 1s }, %1$s }
                slow: { secrets: [ db ], reload: { strategy: restart, settle: 4s }, %1$s }
                """.formatted(ALLOW_ALL));
    }

    @BeforeEach
    void startAgent() {
        agent.secret("db", "first");
        if (!agent.runs()) {
            agent.start();
        }
    }

    @Test
    void containers_keep_their_files_while_the_agent_is_dead_and_nothing_is_restarted_or_fetched_after()
            throws Exception {
        var volume = agent.driver() + "-kept";
        var container = start(volume(volume, "shop"), STATIC, "/probe");
        var signalled = start(bundle("hup"), STATIC, "/probe", "serve", "/s/db");
        signalled.awaitLine("start first");
        var startedAt = container.startedAt();

        agent.kill();
        assertThat(container.file("/s/db")).asString().isEqualTo("first");
        agent.start();

        assertThat(container.file("/s/db")).asString().isEqualTo("first");
        container.assertRunsSince(startedAt);
        assertThat(docker("volume", "inspect", volume).succeeded().text()).contains("\"bundle\": \"shop\"");
        agent.dso("sync").succeeded();
        assertThat(agent.metric("dso_fetches_total"))
                .as("values read by the new agent")
                .isZero();
        assertThat(signalled.logs().lines()).as("no signal came").containsExactly("start first");

        assertThat(run(volume(volume, "shop"), BUSYBOX, "cat", "/s/db")
                        .succeeded()
                        .text())
                .isEqualTo("first");
    }

    @Test
    void a_change_that_nobody_saw_is_applied_by_the_next_agent() {
        var container = start(bundle("hup"), STATIC, "/probe", "serve", "/s/db");
        container.awaitLine("start first");

        agent.kill();
        agent.secret("db", "while dead");
        agent.start();

        container.awaitLine("hup while dead");
    }

    @Test
    void a_rotation_that_was_cut_off_is_brought_to_its_end() {
        var container = start(bundle("slow"), STATIC, "/probe", "serve", "/s/db");
        container.awaitLine("start first");
        agent.secret("db", "second");
        container.awaitLine("start second"); // it settles now, for four seconds

        agent.kill();
        agent.start();

        Await.until(
                "the rotation is over",
                LIMIT,
                () -> Status.of(agent, "slow").state().equals("current"));
        assertThat(containers()).containsExactly(container.id());
        assertThat(container.runs()).isTrue();
        assertThat(container.logs().lines()).containsExactly("start first", "start second");
    }

    @Test
    void killed_again_and_again_amid_changes_it_converges_to_the_newest_value() {
        var container = start(bundle("hup"), STATIC, "/probe", "serve", "/s/db");
        container.awaitLine("start first");
        var startedAt = container.startedAt();

        for (var round = 1; round <= 8; round++) {
            agent.secret("db", "round-" + round);
            awaitNanos(round * 17_000_000L); // another moment of the rotation each time
            agent.kill();
            agent.start();
        }

        container.awaitLine("hup round-8");
        container.awaitFile("/s/db", "round-8");
        container.assertRunsSince(startedAt);
        Await.until(
                "status says current",
                LIMIT,
                () -> Status.of(agent, "hup").state().equals("current"));
    }

    private static void awaitNanos(long nanos) {
        var end = System.nanoTime() + nanos;
        Await.until("time passes", LIMIT, () -> System.nanoTime() > end);
    }
}
