package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Secrets of a real OpenBao, in containers. */
class VaultTest extends EndToEnd {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private @Nullable BaoServer bao;
    private @Nullable PostgresServer postgres;

    @BeforeAll
    void startServersAndAgent() {
        var secrets = BaoServer.start(directory().resolve("bao"));
        bao = secrets;
        var database = PostgresServer.start(directory().resolve("postgres"));
        postgres = database;
        secrets.post("/secret/data/shop/db", "{'data':{'password':'first'}}");
        secrets.makesUsersOf(database, "4s", "8s");
        agent.configureWhole("""
                dso:
                  providers:
                    vault: { kind: vault, user: 64150, config: %1$s, poll: 1s }
                  bundles:
                    static:
                      secrets: [ { path: secret/shop/db, key: password, file: password } ]
                      reload: { strategy: none }
                      %2$s
                    dynamic:
                      secrets: [ { path: database/creds/shop, file: db.json } ]
                      reload: { strategy: signal, settle: 200ms }
                      %2$s
                """.formatted(secrets.config(", leases: { overlap: 3s, on-stop: revoke }"), ALLOW_ALL));
        agent.start();
    }

    @AfterAll
    void stopServers() {
        agent.close(); // while there is a server to give leases back to
        if (postgres != null) {
            System.out.println("users left over after the stop: " + postgres.leasedUsers());
            assertThat(postgres.leasedUsers())
                    .as("leases that nobody gave back")
                    .isZero();
        }
        if (bao != null) {
            bao.close(); // first: PostgreSQL waits for those who are connected
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    @Test
    void a_change_is_in_the_container_within_a_poll() throws Exception {
        var container = start(bundle("static"), STATIC, "/probe");

        new ArrivalTimes("OpenBao, poll 1 s", 5, container.inside("/s/password"), this::put);
    }

    private void put(String password) {
        if (bao != null) {
            var json =
                    password.replace("\\", "\\u005c").replace("\"", "\\u0022").replace("'", "\\u0027");
            bao.post("/secret/data/shop/db", "{'data':{'password':'" + json + "'}}");
        }
    }

    @Test
    void an_application_has_a_working_user_of_the_database_over_three_ends_of_leases() {
        var database = postgres;
        assertThat(database).isNotNull();
        var container = start(bundle("dynamic"), STATIC, "/probe", "serve", "/s/db.json");
        var users = new LinkedHashSet<String>();

        Await.until("three leases ended", LIMIT, () -> {
            var newest = container.logs().lines().toList().getLast();
            var credentials = Agent.parse(newest.substring(newest.indexOf('{')).getBytes(UTF_8));
            var user = credentials.get("username").asText();
            assertThat(database.sql(user, credentials.get("password").asText(), "select current_user"))
                    .isEqualTo(user);
            users.add(user);
            return users.size() >= 4;
        });

        System.out.println("users of an application over three ends of leases: " + users);
        assertThat(container.logs().lines().filter(line -> line.startsWith("start ")))
                .as("it was never restarted")
                .hasSize(1);
        assertThat(database.leasedUsers()).as("users at the end").isBetween(1, 2);
    }
}
