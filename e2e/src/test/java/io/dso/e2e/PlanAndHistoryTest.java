package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code dso plan} says what would be done and does nothing; {@code dso history} says what was. */
class PlanAndHistoryTest extends EndToEnd {
    @BeforeAll
    void startAgent() {
        agent.secret("db", "first");
        agent.configure(
                "shop: { secrets: [ db ], reload: { strategy: signal, settle: 200ms }, %s }".formatted(ALLOW_ALL));
        agent.start();
    }

    @Test
    void a_plan_does_nothing_and_what_was_done_is_remembered_across_a_kill() {
        var container = start(bundle("shop"), STATIC, "/probe", "serve", "/s/db");
        container.awaitLine("start first");
        assertThat(agent.dso("plan").succeeded().text()).isEmpty();
        agent.dso("pause", "shop").succeeded();
        agent.secret("db", "second");
        var fetches = agent.metric("dso_fetches_total");

        var paused = agent.dso("plan");
        var ordered = agent.dso("rotate", "shop", "--dry-run");

        assertThat(paused.exitCode()).isZero();
        assertThat(paused.text()).contains("stay", "paused by uid");
        assertThat(ordered.exitCode()).isEqualTo(2);
        assertThat(ordered.text()).contains("\t1\t2\trotate by signal\t");
        assertThat(agent.metric("dso_fetches_total")).as("values read").isEqualTo(fetches);
        container.awaitFile("/s/db", "first");

        agent.dso("rotate", "shop").succeeded();
        agent.kill();
        agent.start();

        var entries = agent.json("history", "shop").at("/entries");
        assertThat(entries.at("/0/attributes/verb").asText()).isEqualTo("rotate");
        assertThat(entries.at("/0/attributes/outcome").asText()).isEqualTo("1 rotated");
        assertThat(entries.at("/1/type").asText()).isEqualTo("rotated");
        assertThat(entries.at("/1/attributes/container").asText()).isEqualTo(container.name());
        assertThat(entries.at("/2/attributes/verb").asText()).isEqualTo("pause");
        assertThat(agent.dso("history").text()).contains("rotate by uid 0: 1 rotated");
        assertThat(agent.log()).contains("ordered verb=rotate bundle=shop by='uid 0'");
    }
}
