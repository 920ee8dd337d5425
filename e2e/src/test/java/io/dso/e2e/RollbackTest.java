package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code dso rollback}: to the version before, and it stays there. */
class RollbackTest extends EndToEnd {
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
    void the_version_before_comes_back_for_those_that_run_and_those_that_start_and_outlives_the_agent() {
        var container = start(bundle("shop"), STATIC, "/probe", "serve", "/s/db");
        container.awaitLine("start first");
        agent.secret("db", "second");
        container.awaitLine("hup second");
        agent.dso("sync").succeeded();

        var back = agent.dso("rollback", "shop").succeeded();

        assertThat(back.stderr()).contains("undo: dso rotate shop");
        container.awaitLine("hup first");
        agent.kill();
        agent.start();
        agent.dso("sync").succeeded();
        container.awaitFile("/s/db", "first");
        assertThat(run(bundle("shop"), BUSYBOX, "cat", "/s/db").text()).isEqualTo("first");
        assertThat(Status.of(agent, "shop").state()).isEqualTo("held");

        agent.dso("rotate", "shop").succeeded();

        container.awaitFile("/s/db", "second");
        assertThat(run(bundle("shop"), BUSYBOX, "cat", "/s/db").text()).isEqualTo("second");
        assertThat(Status.of(agent, "shop").state()).isEqualTo("current");
    }
}
