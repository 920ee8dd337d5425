package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Strategy {@code exec}: files switch, then a command in the container says whether the application takes them. */
class ExecTest extends EndToEnd {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** Takes over what it finds, unless it is poison. */
    private static final String HOOK =
            "read it < /s/db; echo $it >> /tmp/hooked; case $it in poison*) exit 9;; slow*) sleep 60;; esac";

    @BeforeAll
    void startAgent() {
        agent.secret("db", "first");
        agent.configure("""
                shop:
                  secrets: [ db ]
                  reload: { strategy: exec, exec: [ sh, "-c", '%1$s' ], exec-timeout: 2s, settle: 500ms }
                  %2$s
                bare: { secrets: [ db ], reload: { strategy: exec, exec: /no-such-program, settle: 500ms }, %2$s }
                """.formatted(HOOK, ALLOW_ALL));
        agent.start();
    }

    @BeforeEach
    void firstValue() {
        agent.secret("db", "first\n");
    }

    private Container shop() throws Exception {
        var container = start(bundle("shop"), BUSYBOX);
        assertThat(container.file("/s/db")).asString().isEqualTo("first\n");
        return container;
    }

    private Status.Mount marked(String bundle, Container container) {
        return Await.value(
                "status marks the version",
                LIMIT,
                () -> Status.of(agent, bundle).of(container),
                status -> status.badVersion() > 0);
    }

    @Test
    void the_file_is_already_new_when_the_command_runs() throws Exception {
        var container = shop();
        var startedAt = container.startedAt();

        agent.secret("db", "second\n");

        container.awaitFile("/tmp/hooked", "second\n");
        Await.until(
                "status says current",
                LIMIT,
                () -> Status.of(agent, "shop").state().equals("current"));
        container.assertRunsSince(startedAt);
        container.awaitFile("/tmp/hooked", "second\n");
    }

    @Test
    void a_version_that_the_command_refuses_is_taken_back_and_the_command_runs_again() throws Exception {
        var container = shop();
        var startedAt = container.startedAt();

        agent.secret("db", "poison\n");

        container.awaitFile("/tmp/hooked", "poison\nfirst\n");
        container.awaitFile("/s/db", "first\n");
        assertThat(marked("shop", container).reason()).contains("ended with 9");
        agent.awaitRotations();
        agent.dso("sync").succeeded();
        container.awaitFile("/tmp/hooked", "poison\nfirst\n");
        container.assertRunsSince(startedAt);
    }

    @Test
    void a_command_that_takes_too_long_counts_as_refusal() throws Exception {
        var container = shop();

        agent.secret("db", "slow\n");

        container.awaitFile("/tmp/hooked", "slow\nfirst\n");
        assertThat(marked("shop", container).reason()).contains("did not end within 2 s");
        container.awaitFile("/s/db", "first\n");
    }

    /** An image without a shell is a reason, not a hang. */
    @Test
    void a_command_that_is_not_in_the_image_is_told() {
        var container = start(bundle("bare"), STATIC);
        container.awaitFile("/s/db", "first\n");

        agent.secret("db", "second\n");

        assertThat(marked("bare", container).reason())
                .contains("/no-such-program")
                .contains("ended with 12");
        container.awaitFile("/s/db", "first\n");
        assertThat(container.runs()).isTrue();
    }
}
