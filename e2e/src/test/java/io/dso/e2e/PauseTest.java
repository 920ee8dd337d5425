package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code dso pause} and {@code dso resume}: running containers are left as they are, and nothing else. */
class PauseTest extends EndToEnd {
    @BeforeAll
    void startAgent() {
        agent.secret("db", "first");
        agent.configure(
                "shop: { secrets: [ db ], reload: { strategy: signal, settle: 200ms }, %s }".formatted(ALLOW_ALL));
        agent.start();
    }

    @BeforeEach
    void firstValue() {
        agent.secret("db", "first");
    }

    @Test
    void a_paused_bundle_is_left_alone_also_by_the_next_agent_and_its_starts_are_right() {
        var container = start(bundle("shop"), STATIC, "/probe", "serve", "/s/db");
        container.awaitLine("start first");
        agent.dso("pause").succeeded();
        agent.secret("db", "second");

        assertThat(agent.json("sync").at("/rotations").size()).isZero();
        agent.kill();
        agent.start();
        assertThat(agent.json("sync").at("/rotations").size()).isZero();
        container.awaitFile("/s/db", "first");
        assertThat(run(bundle("shop"), BUSYBOX, "cat", "/s/db").text()).isEqualTo("second");
        assertThat(agent.json("status", "shop").at("/bundles/0/paused/all").asBoolean())
                .isTrue();
        assertThat(agent.dso("resume", "shop").exitCode()).as("all are paused").isEqualTo(1);

        agent.dso("resume").succeeded();

        container.awaitLine("hup second");
        Await.until(
                "nothing is paused",
                Duration.ofSeconds(5),
                () -> agent.json("status", "shop").at("/bundles/0/paused").isMissingNode());
    }
}
