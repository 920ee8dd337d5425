package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever happens to the container and the agent, no disk ever sees a byte of a value. */
class NoTraceTest extends EndToEnd {
    private final String first = marker();
    private final String second = marker();
    private final String third = marker();

    @BeforeAll
    void startAgent() {
        set(first);
        agent.configure("""
                shop: { secrets: [ db ], reload: { strategy: signal, settle: 1s }, %1$s }
                twice: { secrets: [ db ], reload: { strategy: restart, settle: 1s }, %1$s }
                """.formatted(ALLOW_ALL));
        agent.start();
    }

    @Test
    void no_value_is_found_anywhere_after_set_rotate_restart_kill_and_remove() throws Exception {
        var signalled = start(bundle("shop"), BUSYBOX, "/probe");
        var restarted = start(bundle("twice"), BUSYBOX, "/probe");
        signalled.awaitFile("/s/db", first);
        restarted.awaitFile("/s/db", first);

        set(second);
        signalled.awaitFile("/s/db", second);
        restarted.awaitFile("/s/db", second);
        docker("restart", signalled.id()).succeeded();
        agent.kill();
        agent.start();
        set(third);
        signalled.awaitFile("/s/db", third);
        restarted.awaitFile("/s/db", third);
        agent.dso("status").succeeded();

        assertNowhereOnDisk("while containers run");
        for (var container : List.of(signalled, restarted)) {
            assertNotIn(docker("inspect", container.id()), "docker inspect");
            assertNotIn(docker("diff", container.id()), "docker diff");
            assertNotIn(docker("export", container.id()), "docker export");
            assertNotIn(docker("logs", container.id()), "docker logs");
            var image = "dso-test/committed:" + agent.driver();
            docker("commit", container.id(), image).succeeded();
            assertNotIn(docker("save", image), "docker commit");
            assertNowhereOnDisk("after docker commit");
            docker("rmi", image).succeeded();
        }

        docker("rm", "--force", "--volumes", signalled.id(), restarted.id()).succeeded();
        assertNowhereOnDisk("after docker rm");
        assertThat(filesOnRam())
                .as("files left on RAM after the last container")
                .isEmpty();
    }

    @Test
    void the_search_would_find_a_value() {
        var leak = start(bundle("shop"), BUSYBOX, "sh", "-c", "base64 /s/db > /root-leak; /probe");
        Await.until(
                "it leaks",
                java.time.Duration.ofSeconds(10),
                () -> leak.exec("test", "-s", "/root-leak").exitCode() == 0);

        assertThat(onDisk(engine.dataRoot())).anyMatch(path -> path.endsWith("root-leak"));
        assertThat(holdsAValue(docker("export", leak.id()).succeeded().stdout()))
                .isTrue();
    }

    private void set(String value) {
        agent.dsoCommand("secret", "set", "db")
                .input(value.getBytes(UTF_8))
                .run()
                .succeeded();
    }

    private void assertNowhereOnDisk(String when) {
        var agents = Stream.of(agent.directory(), Path.of("/tmp"), Path.of("/var/tmp"), agent.logFile());
        var found = Stream.concat(Stream.of(engine.dataRoot()), agents)
                .flatMap(path -> onDisk(path).stream())
                .toList();
        assertThat(found).as("files that hold a value, " + when).isEmpty();
    }

    private void assertNotIn(Outcome outcome, String what) {
        outcome.succeeded();
        assertThat(holdsAValue(outcome.stdout())).as(what + " shows a value").isFalse();
        assertThat(holdsAValue(outcome.stderr().getBytes(UTF_8)))
                .as(what + " shows a value")
                .isFalse();
    }

    /** Files below a path that hold a value in some form; file systems mounted below it (the RAM for volumes) are left out. */
    private List<String> onDisk(Path path) {
        var patterns = forms().map(form -> "-e " + form).reduce("", (a, b) -> a + " " + b);
        var search = Command.of(
                        "sh",
                        "-c",
                        "find \"$1\" -xdev -type f -print0 2>/dev/null | LC_ALL=C xargs -0 -r grep -laF" + patterns
                                + " -- 2>/dev/null || true",
                        "sh",
                        path.toString())
                .run()
                .succeeded();
        return search.text().lines().toList();
    }

    private boolean holdsAValue(byte[] bytes) {
        var text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
        return forms().anyMatch(text::contains);
    }

    /** As it is, in hexadecimal, and in base64 at each of its three alignments. */
    private Stream<String> forms() {
        return Stream.of(first, second, third).flatMap(NoTraceTest::formsOf);
    }

    private static Stream<String> formsOf(String value) {
        var base64 = Stream.of("", "x", "xx").map(before -> {
            var encoded =
                    java.util.Base64.getEncoder().withoutPadding().encodeToString((before + value).getBytes(UTF_8));
            return encoded.substring(before.isEmpty() ? 0 : 4, encoded.length() - 4);
        });
        return Stream.concat(Stream.of(value, HexFormat.of().formatHex(value.getBytes(UTF_8))), base64);
    }

    private List<Path> filesOnRam() throws IOException {
        try (var all = Files.walk(agent.runDirectory().resolve("volumes"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static String marker() {
        var bytes = new byte[18];
        new SecureRandom().nextBytes(bytes);
        return "MARK" + HexFormat.of().formatHex(bytes);
    }
}
