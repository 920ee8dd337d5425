package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Strategy {@code signal}: files switch, then the process is told, then it has to stay well. */
class SignalTest extends EndToEnd {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @BeforeAll
    void startAgent() {
        agent.secret("db", "first");
        agent.configure("""
                hup: { secrets: [ db ], reload: { strategy: signal, settle: 1s }, %1$s }
                usr1: { secrets: [ db ], reload: { strategy: signal, signal: SIGUSR1, settle: 1s }, %1$s }
                """.formatted(ALLOW_ALL));
        agent.start();
    }

    @BeforeEach
    void firstValue() {
        agent.secret("db", "first");
    }

    @Test
    void the_file_is_already_new_when_the_process_handles_the_signal() {
        var container = start(bundle("hup"), STATIC, "/probe", "serve", "/s/db");
        container.awaitLine("start first");
        var startedAt = container.startedAt();

        for (var change = 1; change <= 10; change++) {
            agent.secret("db", "value-" + change);
            container.awaitLine("hup value-" + change);
        }

        container.assertRunsSince(startedAt);
        assertThat(container.logs().lines())
                .as("one signal a change, none before the switch")
                .hasSize(11);
    }

    @Test
    void the_signal_is_the_configured_one() {
        var container = start(
                bundle("usr1"),
                BUSYBOX,
                "sh",
                "-c",
                "trap 'echo usr1 $(cat /s/db)' USR1; echo ready; while :; do sleep 0.1; done");
        container.awaitLine("ready");

        agent.secret("db", "second");

        container.awaitLine("usr1 second");
    }

    @Test
    void a_version_that_makes_the_container_unhealthy_is_taken_back_and_signalled_again() {
        var container = start(
                bundle("hup"),
                "--health-cmd=test ! -e /tmp/ill",
                "--health-interval=200ms",
                "--health-retries=1",
                BUSYBOX,
                "/probe",
                "serve",
                "/s/db",
                "ill",
                "poison");
        container.awaitLine("start first");
        Await.until(
                "it is healthy",
                LIMIT,
                () -> container.inspect("/State/Health/Status").equals("healthy"));
        var startedAt = container.startedAt();

        agent.secret("db", "poison");

        container.awaitLine("hup poison");
        container.awaitLine("hup first");
        container.awaitFile("/s/db", "first");
        var mount = Await.value(
                "status marks the version",
                LIMIT,
                () -> Status.of(agent, "hup").of(container),
                status -> status.badVersion() > 0);
        assertThat(mount.version()).isLessThan(mount.badVersion());
        assertThat(mount.reason()).contains("unhealthy");

        agent.secret("db", "cured");
        container.awaitLine("hup cured");
        Await.until(
                "the mark is gone",
                LIMIT,
                () -> Status.of(agent, "hup").of(container).badVersion() == 0);
        container.assertRunsSince(startedAt);
    }

    @Test
    void a_container_that_dies_of_the_signal_runs_again_with_the_old_version() {
        var container = start(bundle("hup"), STATIC, "/probe", "serve", "/s/db", "die", "poison");
        container.awaitLine("start first");

        agent.secret("db", "poison");

        container.awaitLine("hup poison");
        container.awaitLogs(
                "a second start with the old value",
                logs -> logs.lines().filter("start first"::equals).count() == 2);
        Await.until("it runs", LIMIT, container::runs);
        container.awaitFile("/s/db", "first");
    }
}
