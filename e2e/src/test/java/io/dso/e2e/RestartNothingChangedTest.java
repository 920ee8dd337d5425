package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An orderly restart of the agent is an event for nobody. */
class RestartNothingChangedTest extends EndToEnd {
    @BeforeAll
    void startAgent() {
        agent.secret("db", "same").secret("tls", "same too");
        agent.configure("""
                plain: { secrets: [ db, tls ], reload: { strategy: none }, %1$s }
                hup: { secrets: [ db ], reload: { strategy: signal, settle: 1s }, %1$s }
                again: { secrets: [ db ], reload: { strategy: restart, settle: 1s }, %1$s }
                """.formatted(ALLOW_ALL));
        agent.start();
    }

    @Test
    void it_touches_no_container_and_fetches_nothing() throws Exception {
        var plain = start(bundle("plain"), STATIC, "/probe");
        var hup = start(bundle("hup"), STATIC, "/probe", "serve", "/s/db");
        var again = start(bundle("again"), STATIC, "/probe", "serve", "/s/db");
        hup.awaitLine("start same");
        again.awaitLine("start same");
        var hupSince = hup.startedAt();
        var againSince = again.startedAt();
        var version = Files.readSymbolicLink(plain.inside("/s/..data"));
        assertThat(agent.metric("dso_fetches_total"))
                .as("values read for three starts")
                .isGreaterThanOrEqualTo(3);

        agent.stop();
        agent.start();
        agent.dso("sync").succeeded();

        assertThat(agent.metric("dso_fetches_total"))
                .as("values read after the restart")
                .isZero();
        assertThat(agent.metric("dso_version_requests_total"))
                .as("it did look for changes")
                .isPositive();
        assertThat(Files.readSymbolicLink(plain.inside("/s/..data"))).isEqualTo(version);
        hup.assertRunsSince(hupSince);
        again.assertRunsSince(againSince);
        assertThat(hup.logs().lines()).containsExactly("start same");
        assertThat(again.logs().lines()).containsExactly("start same");
        for (var bundle : new String[] {"plain", "hup", "again"}) {
            Await.until(
                    "bundle " + bundle + " is current",
                    Duration.ofSeconds(10),
                    () -> Status.of(agent, bundle).state().equals("current"));
        }
    }

    @Test
    void a_reload_with_nothing_changed_does_not_either() {
        var hup = start(bundle("hup"), STATIC, "/probe", "serve", "/s/db");
        hup.awaitLine("start same");
        var fetched = agent.metric("dso_fetches_total");

        agent.dso("reload").succeeded();
        agent.dso("sync").succeeded();

        assertThat(agent.metric("dso_fetches_total")).isEqualTo(fetched);
        assertThat(hup.logs().lines()).containsExactly("start same");
    }
}
