package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients of a server notice of its rotations: 200 requests a second over an alias, by a client as {@code load.c} says. */
class RollingUnderLoadTest extends OwnEngine {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final int ROTATIONS = 20;
    private static final Pattern COUNT = Pattern.compile("(requests|failed)=([0-9]+)");

    private final String name = agent.driver() + "-api";
    private final String network = agent.driver() + "-net";

    @BeforeAll
    void startAgent() {
        agent.secret("db", "first");
        agent.configure("""
                auto: { secrets: [ db ], reload: { settle: 100ms }, %s }
                """.formatted(ALLOW_ALL));
        agent.start();
    }

    @BeforeEach
    void firstValue() {
        agent.secret("db", "first");
        docker("network", "create", network).succeeded();
    }

    @AfterEach
    void removeNetwork() {
        removeContainers();
        docker("network", "rm", network).succeeded();
    }

    private Container server(String... more) {
        var options = new ArrayList<>(List.of("--name=" + name, "--network=" + network, "--network-alias=api"));
        options.addAll(List.of(more));
        options.addAll(List.of(bundle("auto"), STATIC, "/load", "http", "80", "/s/db"));
        return start(options.toArray(String[]::new));
    }

    private Container client() {
        var client = start("--network=" + network, STATIC, "/load", "balance", "api", "80", "200");
        client.awaitLine("ready");
        return client;
    }

    /** Ends the client and prints what it counted. */
    private String counted(Container client, String during) {
        var said = client.stopBy("SIGTERM").logs().replaceFirst("^ready\\s+", "");
        System.out.printf("load during %s, Docker Engine %s: %s%n", during, version(), said);
        return said;
    }

    private String version() {
        return docker("version", "--format", "{{.Server.Version}}").succeeded().text();
    }

    private static long count(String said, String what) {
        return COUNT.matcher(said)
                .results()
                .filter(match -> match.group(1).equals(what))
                .map(match -> Long.parseLong(match.group(2)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + what + " in " + said));
    }

    private String id() {
        return new Container(engine, name).inspect("/Id");
    }

    @Test
    void twenty_replacements_lose_no_request() {
        var serving = server().id();
        var client = client();

        for (int rotation = 1; rotation <= ROTATIONS; rotation++) {
            agent.secret("db", "value " + rotation);
            var before = serving;
            Await.until("another container is " + name, LIMIT, () -> !id().equals(before));
            serving = id();
            var only = serving;
            Await.until(
                    "the old one is gone",
                    LIMIT,
                    () -> containers().size() == 2 && containers().contains(only));
        }

        var said = counted(client, ROTATIONS + " replacements");
        assertThat(count(said, "failed")).as(said).isZero();
        assertThat(count(said, "requests")).as(said).isGreaterThan(1000);
    }

    @Test
    void one_with_a_published_port_is_restarted_and_status_says_why() {
        var server = server("--publish=127.0.0.1::80");
        var client = client();
        var startedAt = server.startedAt();

        agent.secret("db", "second");

        Await.until(
                "it runs again",
                LIMIT,
                () -> server.runs() && !server.startedAt().equals(startedAt));
        Await.value("it is proved", LIMIT, () -> Status.of(agent, "auto").state(), "current"::equals);
        counted(client, "a restart");
        assertThat(id()).isEqualTo(server.id());
        assertThat(Status.of(agent, "auto").of(server).why()).isEqualTo("it publishes port any->80/tcp");
        assertThat(agent.dso("status", "auto").succeeded().text())
                .contains("restarted by auto: it publishes port any->80/tcp");
    }
}
