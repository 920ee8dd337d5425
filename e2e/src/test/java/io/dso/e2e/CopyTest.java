package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code docker cp} of a running container: the engine mounts and unmounts its volumes once more, with the same IDs. */
class CopyTest extends EndToEnd {

    @BeforeAll
    void startAgent() {
        agent.secret("db", "first");
        agent.configure("hup: { secrets: [ db ], reload: { strategy: signal, settle: 1s }, %s }".formatted(ALLOW_ALL));
        agent.start();
    }

    @BeforeEach
    void firstValue() {
        agent.secret("db", "first");
    }

    @Test
    void a_running_container_keeps_its_files_and_still_sees_changes() {
        var container = start(bundle("hup"), BUSYBOX, "/probe", "serve", "/s/db");
        container.awaitLine("start first");

        for (var copy = 1; copy <= 3; copy++) {
            docker("cp", "/etc/hostname", container.id() + ":/tmp/").succeeded();
            assertThat(docker("cp", container.id() + ":/s/", "-").succeeded().stdout())
                    .as("what was copied out")
                    .isNotEmpty();
        }

        container.awaitFile("/s/db", "first");
        agent.secret("db", "second");
        container.awaitLine("hup second");
        container.awaitFile("/s/db", "second");
    }
}
