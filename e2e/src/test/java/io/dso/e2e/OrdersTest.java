package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator orders: {@code dso plan}, {@code rotate}, {@code rollback}, {@code pause}, {@code resume}; and {@code history}. */
class OrdersTest extends EndToEnd {
    @BeforeAll
    void startAgent() {
        agent.secret("db", "first");
        agent.configure(
                "shop: { secrets: [ db ], reload: { strategy: signal, settle: 200ms }, %s }".formatted(ALLOW_ALL));
        agent.start();
    }

    @BeforeEach
    void firstValue() {
        agent.dso("resume").succeeded(); // whatever became of the test before
        agent.secret("db", "first");
    }

    private Container serving(String... appArguments) {
        var line = new ArrayList<>(List.of(bundle("shop"), STATIC, "/probe", "serve", "/s/db"));
        line.addAll(List.of(appArguments));
        var container = start(line.toArray(String[]::new));
        container.awaitLine("start first");
        return container;
    }

    @Test
    void a_plan_does_nothing_and_what_was_done_is_remembered_across_a_kill() {
        var container = serving();
        assertThat(agent.dso("plan").succeeded().text()).isEmpty();
        var version = Status.of(agent, "shop").version();
        agent.dso("pause", "shop").succeeded();
        agent.secret("db", "second");
        var fetches = agent.metric("dso_fetches_total");

        var paused = agent.dso("plan");
        var ordered = agent.dso("rotate", "shop", "--dry-run");

        assertThat(paused.exitCode()).isZero();
        assertThat(paused.text()).contains("stay", "paused by uid");
        assertThat(ordered.exitCode()).isEqualTo(2);
        assertThat(ordered.text()).contains("\t%d\t%d\trotate by signal\t".formatted(version, version + 1));
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

    @Test
    void what_was_taken_back_is_tried_again_when_an_operator_says_so() {
        var container = serving("die", "poison");
        agent.secret("db", "poison");
        container.awaitLogs(
                "two starts", logs -> logs.lines().filter("start first"::equals).count() == 2);
        Await.until(
                "it is marked",
                Duration.ofSeconds(20),
                () -> Status.of(agent, "shop").of(container).badVersion() > 0);

        var again = agent.dso("rotate", "shop", "--output", "json");

        assertThat(again.exitCode()).as("taken back: " + again.stderr()).isEqualTo(1);
        assertThat(Agent.parse(again.stdout()).at("/rotations/0/rolledBack").asBoolean())
                .isTrue();
        container.awaitFile("/s/db", "first");
    }

    @Test
    void a_version_of_before_holds_until_the_store_has_a_newer_one() {
        var container = serving();
        var first = Status.of(agent, "shop").version();
        agent.secret("db", "second");
        container.awaitLine("hup second");
        agent.dso("sync").succeeded();

        agent.dso("rotate", "shop", "--to", Long.toString(first)).succeeded();

        container.awaitFile("/s/db", "first");
        agent.dso("sync").succeeded();
        container.awaitFile("/s/db", "first");
        assertThat(Status.of(agent, "shop").state()).isEqualTo("held");

        agent.secret("db", "third");
        container.awaitFile("/s/db", "third");
        assertThat(agent.dso("rotate", "shop", "--to", "999").exitCode()).isEqualTo(66);
    }

    @Test
    void an_ordered_strategy_counts_once() {
        var container = serving();
        agent.dso("pause", "shop").succeeded();
        agent.secret("db", "second");
        var dry = agent.dso("rotate", "shop", "--strategy", "restart", "--dry-run");
        assertThat(dry.exitCode()).isEqualTo(2);
        assertThat(dry.text()).contains("rotate by restart");
        container.awaitFile("/s/db", "first");

        agent.dso("rotate", "shop", "--strategy", "restart").succeeded();

        container.awaitLine("start second");
        agent.dso("resume", "shop").succeeded();
        agent.secret("db", "third");
        container.awaitLine("hup third");
    }

    @Test
    void the_version_before_comes_back_for_those_that_run_and_those_that_start_and_outlives_the_agent() {
        var container = serving();
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

    @Test
    void a_paused_bundle_is_left_alone_also_by_the_next_agent_and_its_starts_are_right() {
        var container = serving();
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
