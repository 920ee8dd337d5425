package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Strategy {@code restart}: the same container, never a new one; a version it can't live with is taken back. */
class RestartTest extends EndToEnd {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @BeforeAll
    void startAgent() {
        agent.secret("db", "first");
        agent.configure("""
                shop: { secrets: [ db ], reload: { strategy: restart, settle: 1s }, %1$s }
                """.formatted(ALLOW_ALL));
        agent.start();
    }

    @BeforeEach
    void firstValue() {
        agent.secret("db", "first");
    }

    @Test
    void a_change_restarts_the_same_container_with_the_new_file() {
        var container = start(bundle("shop"), "--hostname=stays", STATIC, "/probe", "serve", "/s/db");
        container.awaitLine("start first");
        var startedAt = container.startedAt();

        agent.secret("db", "second");

        container.awaitLine("start second");
        Await.until(
                "status says current",
                LIMIT,
                () -> Status.of(agent, "shop").state().equals("current"));
        assertThat(containers()).containsExactly(container.id());
        assertThat(container.startedAt()).isNotEqualTo(startedAt);
        assertThat(container.logs().lines()).containsExactly("start first", "start second");
    }

    @Test
    void a_version_that_makes_the_application_exit_is_taken_back_marked_bad_and_tried_once() {
        var container = start(bundle("shop"), STATIC, "/probe", "serve", "/s/db", "die", "poison");
        container.awaitLine("start first");

        agent.secret("db", "poison");

        container.awaitLogs("start, poison, start", logs -> logs.lines().count() == 3);
        Await.until("it runs", LIMIT, container::runs);
        container.awaitFile("/s/db", "first");
        var mount = Await.value(
                "status marks the version",
                LIMIT,
                () -> Status.of(agent, "shop").of(container),
                status -> status.badVersion() > 0);
        assertThat(mount.reason()).contains("exited with 3");
        assertThat(Status.of(agent, "shop").state()).isEqualTo("degraded");

        var runningSince = container.startedAt();
        agent.awaitRotations();
        agent.dso("sync").succeeded();
        container.assertRunsSince(runningSince);
        assertThat(container.logs().lines()).containsExactly("start first", "start poison", "start first");
    }

    @Test
    void the_next_good_version_after_a_bad_one_is_taken() {
        var container = start(bundle("shop"), STATIC, "/probe", "serve", "/s/db", "die", "poison");
        container.awaitLine("start first");
        agent.secret("db", "poison");
        Await.until(
                "the bad version is marked",
                LIMIT,
                () -> Status.of(agent, "shop").of(container).badVersion() > 0);

        agent.secret("db", "third");

        container.awaitLine("start third");
        Await.until(
                "status says current",
                LIMIT,
                () -> Status.of(agent, "shop").state().equals("current"));
        assertThat(Status.of(agent, "shop").of(container).badVersion()).isZero();
    }

    @Test
    void a_restart_by_the_user_while_a_version_is_bad_starts_with_the_good_one() {
        var container = start(bundle("shop"), STATIC, "/probe", "serve", "/s/db", "die", "poison");
        container.awaitLine("start first");
        agent.secret("db", "poison");
        Await.until(
                "the bad version is marked",
                LIMIT,
                () -> Status.of(agent, "shop").of(container).badVersion() > 0);

        docker("restart", "--time", "5", container.id()).succeeded();

        container.awaitLogs(
                "the old value again",
                logs -> logs.lines().filter("start first"::equals).count() == 3);
        assertThat(container.runs()).isTrue();
    }
}
