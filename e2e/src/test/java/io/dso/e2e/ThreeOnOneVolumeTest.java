package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Containers on one volume have a directory each, so each can be at a version of its own. */
class ThreeOnOneVolumeTest extends EndToEnd {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @BeforeAll
    void startAgent() {
        agent.secret("db", "old");
        agent.configure("""
                shop: { secrets: [ db ], reload: { strategy: signal, settle: 3s, health-timeout: 5s }, %1$s }
                """.formatted(ALLOW_ALL));
        agent.start();
    }

    @Test
    void one_is_taken_back_by_a_failed_proof_while_the_others_stay_on_the_new_version() {
        var name = agent.driver() + "-three";
        var three = List.of(serve(name), serve(name), serve(name));
        var directories = three.stream().map(ThreeOnOneVolumeTest::directory).toList();
        assertThat(directories).as("directories of three containers").doesNotHaveDuplicates();

        agent.secret("db", "new");

        // They are told one after the other. Two stand it, and the last one falls ill of it.
        var stand = Await.value(
                "two stand it",
                LIMIT,
                () -> three.stream()
                        .filter(container -> container.logs().contains("hup new"))
                        .toList(),
                told -> told.size() == 2);
        var left = stand.getFirst();
        var right = stand.getLast();
        var frail = three.stream()
                .filter(container -> !stand.contains(container))
                .findFirst()
                .orElseThrow();
        frail.exec("touch", "/tmp/sick").succeeded();

        frail.awaitLine("hup new");
        frail.awaitLine("hup old");
        frail.awaitFile("/s/db", "old");
        left.awaitFile("/s/db", "new");
        right.awaitFile("/s/db", "new");

        var status = Await.value(
                "status marks the version of one container",
                LIMIT,
                () -> Status.of(agent, "shop"),
                shop -> shop.state().equals("degraded"));
        assertThat(status.mounts()).hasSize(3);
        assertThat(status.of(left).version()).isEqualTo(status.version());
        assertThat(status.of(right).version()).isEqualTo(status.version());
        assertThat(status.of(frail).version()).isLessThan(status.version());
        assertThat(status.of(frail).badVersion()).isEqualTo(status.version());

        var shown = agent.dso("status", "shop").succeeded().text();
        assertThat(shown).contains(left.name(), frail.name(), right.name());
    }

    private Container serve(String volume) {
        var container = start(
                volume(volume, "shop"),
                "--health-cmd=test ! -e /tmp/sick",
                "--health-interval=200ms",
                "--health-retries=1",
                BUSYBOX,
                "/probe",
                "serve",
                "/s/db");
        container.awaitLine("start old");
        return container;
    }

    /** The directory of the host that a container has at /s: the mount's root in /proc/PID/mountinfo (docs/engine.md F20). */
    private static String directory(Container container) {
        try (var lines = java.nio.file.Files.lines(java.nio.file.Path.of("/proc/" + container.pid() + "/mountinfo"))) {
            return lines.map(line -> line.split(" "))
                    .filter(fields -> fields[4].equals("/s"))
                    .map(fields -> fields[3])
                    .findFirst()
                    .orElseThrow();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
