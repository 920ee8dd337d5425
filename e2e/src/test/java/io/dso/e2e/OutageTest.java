package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real OpenBao is sealed, and then stopped for as many polls as there are in ten minutes by default. */
class OutageTest extends EndToEnd {
    private static final int POLLS = 20;
    private static final int POLLS_SEALED = 7;
    private static final int FIRST_POLLS = 3;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Its renewal, at two thirds, is due while the server is stopped; its end comes when it is back. */
    private static final Duration LEASE = Duration.ofSeconds(48);

    private @Nullable BaoServer bao;
    private @Nullable PostgresServer postgres;

    @BeforeAll
    void startServersAndAgent() throws IOException {
        var secrets = BaoServer.start(directory().resolve("bao"));
        bao = secrets;
        var database = PostgresServer.start(directory().resolve("postgres"));
        postgres = database;
        secrets.post("/secret/data/shop/db", "{'data':{'password':'first'}}");
        secrets.makesUsersOf(database, LEASE.toSeconds() + "s", "1h");
        agent.configureWhole("""
                dso:
                  providers:
                    vault: { kind: vault, user: 64150, config: %1$s, poll: 1s }
                    absent: { kind: aws, config: %3$s }
                  bundles:
                    shop:
                      secrets:
                        - { provider: vault, path: secret/shop/db, key: password, file: password }
                        - { provider: vault, path: database/creds/shop, key: username, file: user }
                      reload: { strategy: none }
                      %2$s
                """.formatted(
                secrets.config(", leases: { on-stop: revoke }"), ALLOW_ALL, AwsServer.configWithout(directory())));
        agent.start();
    }

    @AfterAll
    void stopServers() {
        agent.close(); // while there is a server to give leases back to
        if (bao != null) {
            bao.close(); // first: PostgreSQL waits for those who are connected
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    @Test
    void a_server_that_is_sealed_and_stopped_takes_nothing_from_a_container_nothing_grows_and_its_lease_goes_on()
            throws IOException {
        var server = bao;
        var database = postgres;
        assertThat(server).isNotNull();
        assertThat(database).isNotNull();
        var container = start(bundle("shop"), STATIC, "/probe");
        var user = container.file("/s/user");
        var startedAt = container.startedAt();
        var renewalIsDue = Instant.now().plus(LEASE.multipliedBy(2).dividedBy(3));

        var sealed = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        server.seal();
        awaitPolls(FIRST_POLLS);
        var before = Size.of(agent);
        awaitPolls(POLLS_SEALED);
        assertThat(downSince("is sealed")).isBetween(sealed, sealed.plusSeconds(10));

        server.stop();
        awaitPolls(POLLS);
        Await.until("the renewal failed", LIMIT, () -> Instant.now().isAfter(renewalIsDue.plusSeconds(1)));
        System.out.println("sealed: " + before + ", and stopped later " + Size.of(agent));
        Size.of(agent).assertNotGrownSince(before);
        assertThat(container.file("/s/password")).asString().isEqualTo("first");
        assertThat(container.file("/s/user")).isEqualTo(user);
        assertThat(downSince("can't be reached: it refuses connections"))
                .as("it is one outage")
                .isBetween(sealed, sealed.plusSeconds(10));

        server.startAgain();
        Await.until("its lease is renewed", LIMIT, () -> server.renewed("database/creds/shop"));
        Await.value("the agent is ready again", LIMIT, () -> agent.health("ready"), Agent.Health::up);
        server.post("/secret/data/shop/db", "{'data':{'password':'second'}}");
        container.awaitFile("/s/password", "second");
        assertThat(container.file("/s/user")).isEqualTo(user);
        assertThat(database.leasedUsers()).isEqualTo(1);
        container.assertRunsSince(startedAt);
    }

    @Test
    void a_store_that_is_not_where_the_configuration_says_is_told_before_anybody_needs_it() {
        Await.until(
                "the log says so",
                LIMIT,
                () -> agent.log()
                        .lines()
                        .anyMatch(line -> line.contains("store can't be used provider=absent")
                                && line.contains("Secrets Manager can't be reached")));
        assertThat(agent.health("ready").up()).isTrue();
    }

    private void awaitPolls(int count) {
        var enough = agent.metric("dso_version_requests_total") + count;
        Await.until(count + " polls", LIMIT, () -> agent.metric("dso_version_requests_total") >= enough);
    }

    /** As health says of the provider, which it calls down for this reason. */
    private Instant downSince(String why) {
        var health = agent.health("ready");
        assertThat(health.up()).isFalse();
        var found = Pattern.compile(why + ", since ([-0-9T:.]+Z)").matcher(health.text());
        assertThat(found.find()).as(health.text()).isTrue();
        return Instant.parse(found.group(1));
    }
}
