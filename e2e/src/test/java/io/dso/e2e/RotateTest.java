package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code dso rotate}: an operator's order. */
class RotateTest extends EndToEnd {
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

    private Container serving(String... appArguments) {
        var line = new java.util.ArrayList<>(java.util.List.of(bundle("shop"), STATIC, "/probe", "serve", "/s/db"));
        line.addAll(java.util.List.of(appArguments));
        var container = start(line.toArray(String[]::new));
        container.awaitLine("start first");
        return container;
    }

    @Test
    void what_was_taken_back_is_tried_again_when_an_operator_says_so() {
        var container = serving("die", "poison");
        agent.secret("db", "poison");
        container.awaitLogs(
                "two starts", logs -> logs.lines().filter("start first"::equals).count() == 2);
        Await.until(
                "it is marked",
                java.time.Duration.ofSeconds(20),
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
}
