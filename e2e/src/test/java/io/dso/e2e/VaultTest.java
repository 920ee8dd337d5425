package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Secrets of a real OpenBao, in containers. */
class VaultTest extends EndToEnd {
    /** Enough to see that it works; more of them measure, as docs/performance.md says. */
    private static final int CHANGES = Integer.getInteger("dso.e2e.changes", 5);

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
        var file = container.inside("/s/password");
        var took = new ArrayList<Long>();
        for (var change = 1; change <= CHANGES; change++) {
            var value = ("p$w\"o'r\\\\d-" + change).getBytes(UTF_8);
            var expected = ("p$w\"o'r\\d-" + change).getBytes(UTF_8);
            put(new String(value, UTF_8));
            var begin = System.nanoTime();
            Await.until("change " + change, LIMIT, () -> Arrays.equals(Files.readAllBytes(file), expected));
            took.add((System.nanoTime() - begin) / 1_000_000);
        }
        took.sort(null);
        System.out.println("change at OpenBao to bytes in the container, poll 1 s, %d changes: p50 %d ms, p99 %d ms"
                .formatted(CHANGES, took.get(CHANGES / 2), took.get((CHANGES * 99 - 1) / 100)));
    }

    private void put(String password) {
        if (bao != null) {
            bao.post(
                    "/secret/data/shop/db",
                    "{'data':{'password':'" + password.replace("\"", "\\u0022").replace("o'r", "o\\u0027r") + "'}}");
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
