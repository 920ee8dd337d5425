package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A provider that is gone, hangs or lies hurts neither running containers nor other providers, and heals by itself. */
class ProviderFaultsTest extends EndToEnd {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** The configured 6 s, and what docker and a busy machine add. */
    private static final Duration REFUSAL = Duration.ofSeconds(12);

    private final Path gone = agent.directory().resolve("provider-is-gone");

    @BeforeAll
    void startAgent() throws IOException {
        agent.secret("db", "first");
        agent.configureWhole(config(""));
        agent.start();
    }

    private String config(String more) throws IOException {
        var provider =
                script("provider", """
                #!/bin/sh
                [ ! -e '%s' ] || exit 1
                exec '%s' "$@"
                """.formatted(gone, Settings.home().resolve("libexec/dso/dso-provider-local")));
        return "dso:\n  mount-deadline: 6s\n  providers:\n"
                + agent.localProvider("deadline: 3s", "executable: " + provider)
                + """
                  %2$s
                  bundles:
                    shop: { secrets: [ { provider: local, path: db } ], reload: { strategy: none }, %1$s }
                    kept: { secrets: [ { provider: local, path: db } ], reload: { strategy: none }, on-unavailable: last-good, %1$s }
                """.formatted(ALLOW_ALL, more.isEmpty() ? "" : "  " + more + "\n    ");
    }

    @AfterEach
    void healed() throws IOException {
        Files.deleteIfExists(gone);
        agent.providerProcesses().forEach(provider -> signal(provider, "CONT"));
        Await.value("the agent is ready again", LIMIT, () -> agent.health("ready"), Agent.Health::up);
    }

    @Test
    void a_killed_provider_comes_back_by_itself_and_running_containers_do_not_notice() throws Exception {
        var container = start(bundle("shop"), STATIC, "/probe");
        var startedAt = container.startedAt();

        killProvider();

        assertThat(container.file("/s/db")).asString().isEqualTo("first");
        Await.value("the agent is ready again", LIMIT, () -> agent.health("ready"), Agent.Health::up);
        assertThat(run(bundle("shop"), STATIC, "/probe", "dump", "/s")
                        .succeeded()
                        .text())
                .endsWith("first");
        agent.secret("db", "second");
        container.awaitFile("/s/db", "second");
        agent.secret("db", "first");
        container.awaitFile("/s/db", "first");
        container.assertRunsSince(startedAt);
    }

    @Test
    void starts_are_refused_with_the_reason_while_the_provider_is_gone() throws Exception {
        var container = start(bundle("shop"), STATIC, "/probe");
        Files.createFile(gone);
        killProvider();

        assertRefusedInTime();

        assertThat(container.file("/s/db")).asString().isEqualTo("first");
        assertUnhealthy("local");
        Files.delete(gone);
        assertHealsByItself();
    }

    @Test
    void starts_are_refused_within_the_deadline_while_the_provider_hangs() throws Exception {
        var container = start(bundle("shop"), STATIC, "/probe");
        agent.providerProcesses().forEach(provider -> signal(provider, "STOP"));

        assertRefusedInTime();

        assertThat(container.file("/s/db")).asString().isEqualTo("first");
        assertUnhealthy("local");
        assertHealsByItself(); // nobody continues it: the agent kills it and starts another
    }

    @Test
    void a_last_good_bundle_starts_from_ram_while_the_provider_is_gone() throws Exception {
        var first = start(bundle("kept"), STATIC, "/probe");
        first.awaitFile("/s/db", "first");
        Files.createFile(gone);
        killProvider();

        assertThat(run(bundle("kept"), STATIC, "/probe", "dump", "/s")
                        .succeeded()
                        .text())
                .endsWith("first");
    }

    @Test
    void a_provider_that_answers_garbage_is_named_and_the_other_one_still_serves() throws Exception {
        var python = Command.of(
                        "sh", "-c", "command -v python3 >/dev/null && python3 -c 'import sys; print(sys.executable)'")
                .run();
        assumeTrue(python.exitCode() == 0, "python3, which the lying provider is written in, is not installed");
        var liar = script("liar", "#!" + python.text() + "\n" + LIAR);
        agent.configureWhole(config("liar: { kind: liar, deadline: 2s, executable: " + liar
                        + " }") // a second provider and its bundle
                + "    lies: { secrets: [ { provider: liar, path: db } ], reload: { strategy: none }, " + ALLOW_ALL
                + " }\n");
        agent.dso("reload").succeeded();

        var refused = run(bundle("lies"), STATIC, "/probe", "dump", "/s");
        var served = run(bundle("shop"), STATIC, "/probe", "dump", "/s");

        assertThat(refused.exitCode()).isEqualTo(125);
        assertThat(refused.stderr()).contains("provider liar is unavailable");
        assertThat(served.succeeded().text()).endsWith("first");
        assertUnhealthy("liar");
        agent.configureWhole(config(""));
        agent.dso("reload").succeeded();
    }

    private static final String LIAR = """
            import os, socket, sys
            path = sys.argv[sys.argv.index("--socket") + 1]
            if os.path.exists(path):
                os.unlink(path)
            server = socket.socket(socket.AF_UNIX)
            server.bind(path)
            server.listen(64)
            while True:
                client, _ = server.accept()
                try:
                    client.sendall(os.urandom(65536))
                    client.close()
                except OSError:
                    pass
            """;

    private void assertRefusedInTime() {
        var volume = bundle("shop");
        var begin = System.nanoTime();
        var refused = run(volume, STATIC, "/probe", "dump", "/s");
        var took = Duration.ofNanos(System.nanoTime() - begin);

        assertThat(refused.exitCode()).isEqualTo(125);
        assertThat(refused.stderr()).contains("provider local is unavailable");
        assertThat(took).as("refused within the deadline").isLessThan(REFUSAL);
    }

    private void assertUnhealthy(String provider) {
        var health = Await.value("health shows it", LIMIT, () -> agent.health("ready"), ready -> !ready.up());
        assertThat(health.text()).contains(provider);
        assertThat(agent.health("live").up()).as("the agent itself lives").isTrue();
    }

    private void assertHealsByItself() {
        Await.value("the agent is ready again", LIMIT, () -> agent.health("ready"), Agent.Health::up);
        assertThat(run(bundle("shop"), STATIC, "/probe", "dump", "/s")
                        .succeeded()
                        .text())
                .endsWith("first");
    }

    private void killProvider() {
        assertThat(agent.providerProcesses().toList())
                .as("processes of the provider")
                .isNotEmpty();
        agent.providerProcesses().forEach(ProcessHandle::destroyForcibly);
    }

    private static void signal(ProcessHandle process, String name) {
        Command.of("kill", "-" + name, Long.toString(process.pid())).run();
    }

    private Path script(String name, String content) throws IOException {
        var file = agent.directory().resolve(name);
        Files.writeString(file, content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
