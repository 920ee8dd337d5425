package io.dso.provider.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.sdk.StoreFailure.Kind;
import io.dso.provider.vault.api.VaultApi;
import io.dso.provider.vault.engine.Leases;
import io.dso.provider.vault.engine.SecretPath;
import io.dso.provider.vault.http.Address;
import io.dso.provider.vault.http.Http;
import io.dso.provider.vault.http.Tls;
import io.dso.provider.vault.token.AuthMethod;
import io.dso.provider.vault.token.Session;
import io.dso.provider.vault.token.Tokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lives of leases and tokens, hours of them, on a clock that the test moves. */
class LeaseClockTest {
    private static final String CREDS = "GET /db/creds/shop";
    private static final String RENEW = "POST /sys/leases/renew";
    private static final String REVOKE = "POST /sys/leases/revoke";
    private static final String LOGIN = "POST /auth/approle/login";

    @TempDir
    Path directory;

    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final AtomicInteger made = new AtomicInteger();
    private Scripted server;
    private VaultApi api;
    private Tokens tokens;
    private Leases leases;
    private SecretPath path;

    @BeforeEach
    void start() throws Exception {
        server = new Scripted()
                .on(LOGIN, 200, "{'auth':{'client_token':'s.1','lease_duration':86400,'renewable':true}}")
                .on("POST /auth/token/renew-self", 200, "{'auth':{'lease_duration':86400,'renewable':true}}")
                .on(RENEW, 200, "{'lease_duration':3600,'renewable':true}")
                .on(REVOKE, 204, "");
        makeLeases();
        var role = directory.resolve("role");
        Files.writeString(role, "r");
        api = new VaultApi(new Http(
                Address.parse(server.address()), new Tls(Optional.empty(), Optional.empty()), Duration.ofSeconds(2)));
        tokens = new Tokens(api, "", new AuthMethod.AppRole("approle", role, Optional.empty()), () -> now);
        leases = leases(Leases.OnStop.KEEP);
        path = SecretPath.parse("db/creds/shop");
    }

    private Leases leases(Leases.OnStop onStop) {
        var terms = new Leases.Terms(Duration.ofMinutes(10), Duration.ofMinutes(15), onStop);
        return new Leases(new Session(api, tokens, ""), terms, () -> now);
    }

    private void makeLeases() {
        server.on(
                CREDS,
                exchange -> Scripted.send(
                        exchange,
                        200,
                        "{'lease_id':'db/creds/shop/%d','lease_duration':3600,'renewable':true,'data':{'password':'p%1$d'}}"
                                .formatted(made.incrementAndGet())));
    }

    @AfterEach
    void stop() throws IOException {
        leases.close();
        tokens.close();
        api.close();
        server.close();
    }

    private String value(String version) throws Exception {
        try (var secret = leases.fetch(path, version)) {
            return new String(secret.bytes("password"), StandardCharsets.UTF_8);
        }
    }

    /** Moves the clock, with the looks of every ten seconds and the questions of every thirty. */
    private void pass(Duration time) throws InterruptedException {
        var end = now.plus(time);
        while (now.isBefore(end)) {
            now = now.plusSeconds(10);
            tokens.tend();
            leases.tend();
            if (now.getEpochSecond() % 30 == 0) {
                leases.version(path);
            }
        }
    }

    @Test
    void a_lease_is_renewed_at_two_thirds_of_its_time_and_stays_the_same_version() throws Exception {
        var version = leases.version(path);
        assertThat(value(version)).isEqualTo("p1");

        pass(Duration.ofMinutes(39));
        assertThat(server.count(RENEW)).isZero();
        pass(Duration.ofMinutes(2));
        assertThat(server.count(RENEW)).isEqualTo(1);
        pass(Duration.ofHours(10));

        assertThat(leases.version(path)).isEqualTo(version);
        assertThat(value(version)).isEqualTo("p1");
        assertThat(made).hasValue(1);
    }

    @Test
    void a_renewal_against_the_limit_makes_a_new_lease_and_the_old_one_is_revoked_after_the_overlap() throws Exception {
        var old = leases.version(path);
        value(old);
        server.on(RENEW, 200, "{'lease_duration':1800,'renewable':true}");

        pass(Duration.ofMinutes(41));

        var fresh = leases.version(path);
        assertThat(fresh).isNotEqualTo(old);
        assertThat(value(fresh)).isEqualTo("p2");
        assertThat(value(old)).as("for containers that aren't there yet").isEqualTo("p1");
        assertThat(server.count(REVOKE)).isZero();

        pass(Duration.ofMinutes(11));
        assertThat(server.count(REVOKE)).isEqualTo(1);
        Store.fails(Kind.NOT_FOUND, "is over", () -> value(old));
    }

    @Test
    void a_lease_that_nobody_took_after_it_was_replaced_is_given_back_and_not_replaced_again() throws Exception {
        value(leases.version(path));
        server.on(RENEW, 200, "{'lease_duration':1800,'renewable':true}");

        pass(Duration.ofHours(5));

        assertThat(made).as("the one that was taken, and one that wasn't").hasValue(2);
        assertThat(server.count(REVOKE)).isEqualTo(2);
    }

    @Test
    void a_server_that_is_away_for_ten_minutes_costs_nothing_and_leases_are_renewed_when_it_is_back() throws Exception {
        var version = leases.version(path);
        value(version);
        pass(Duration.ofMinutes(39));
        server.on(RENEW, 503, "{'errors':['Vault is sealed']}")
                .on(CREDS, 503, "")
                .on("POST /auth", 503, "");
        pass(Duration.ofMinutes(10));

        assertThat(leases.version(path)).isEqualTo(version);
        assertThat(value(version)).isEqualTo("p1");
        assertThat(server.count(RENEW)).as("with growing pauses").isBetween(5L, 40L);

        server.on(RENEW, 200, "{'lease_duration':3600,'renewable':true}");
        long tried = server.count(RENEW);
        pass(Duration.ofMinutes(1));
        assertThat(server.count(RENEW)).isEqualTo(tried + 1);
        pass(Duration.ofMinutes(30));
        assertThat(value(version)).isEqualTo("p1");
    }

    @Test
    void a_lease_that_ended_while_the_server_was_away_is_made_anew_under_a_new_version() throws Exception {
        var version = leases.version(path);
        value(version);
        server.on(RENEW, 503, "").on("POST /auth", 503, "");
        pass(Duration.ofMinutes(61));

        Store.fails(Kind.NOT_FOUND, "is over", () -> value(version));
        var next = leases.version(path);
        assertThat(next).isNotEqualTo(version);
        assertThat(value(next)).isEqualTo("p2");
    }

    @Test
    void a_token_at_its_limit_is_replaced_and_its_leases_move_before_it_is_revoked() throws Exception {
        var old = leases.version(path);
        value(old);
        server.on("POST /auth/token/renew-self", 200, "{'auth':{'lease_duration':3600,'renewable':true}}");

        pass(Duration.ofHours(17));

        assertThat(server.count(LOGIN)).isGreaterThanOrEqualTo(2);
        var fresh = leases.version(path);
        assertThat(fresh).isNotEqualTo(old);
        assertThat(value(fresh)).isEqualTo("p2");
        assertThat(server.requests()).containsSubsequence(REVOKE, "POST /auth/token/revoke-self");
    }

    @Test
    void a_lease_whose_asker_gave_up_is_known_all_the_same() throws Exception {
        var asked = new CountDownLatch(1);
        var answer = new CountDownLatch(1);
        server.on(CREDS, exchange -> {
            asked.countDown();
            try {
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Scripted.send(
                    exchange,
                    200,
                    "{'lease_id':'db/creds/shop/1','lease_duration':3600,'renewable':true,'data':{'password':'p1'}}");
        });
        var version = leases.version(path);
        var asker = Thread.ofVirtual().start(() -> {
            try {
                value(version);
            } catch (Exception e) {
                // gave up
            }
        });
        asked.await();
        asker.interrupt();
        asker.join();
        answer.countDown();

        assertThat(value(version)).isEqualTo("p1");
        assertThat(server.count(CREDS)).isEqualTo(1);
    }

    @Test
    void what_cannot_be_revoked_now_is_revoked_later_and_what_may_not_be_is_left_to_its_end() throws Exception {
        value(leases.version(path));
        server.on(REVOKE, 503, "");
        leases.version(SecretPath.parse("db/creds/other"));
        now = now.plus(Duration.ofMinutes(16));
        leases.version(SecretPath.parse("db/creds/other")); // the agent lives, and asks no more for the first
        leases.tend();
        leases.tend();
        assertThat(server.count(REVOKE)).isEqualTo(2);

        server.on(REVOKE, 403, "{'errors':['permission denied']}");
        leases.tend();
        leases.tend();
        assertThat(server.count(REVOKE)).isEqualTo(3);
    }

    @Test
    void an_agent_that_is_away_altogether_took_nothing_back() throws Exception {
        var version = leases.version(path);
        value(version);
        for (int minute = 0; minute < 300; minute++) {
            now = now.plus(Duration.ofMinutes(1));
            tokens.tend();
            leases.tend();
        }
        assertThat(server.count(REVOKE)).isZero();
        assertThat(value(version)).isEqualTo("p1");
    }

    @Test
    void at_the_stop_leases_and_their_token_are_kept_unless_they_are_to_be_revoked() throws Exception {
        value(leases.version(path));
        leases.close();
        tokens.close();
        assertThat(server.count(REVOKE)).isZero();
        assertThat(server.count("POST /auth/token/revoke-self")).isZero();

        tokens = new Tokens(
                api, "", new AuthMethod.AppRole("approle", directory.resolve("role"), Optional.empty()), () -> now);
        leases = leases(Leases.OnStop.REVOKE);
        value(leases.version(path));
        leases.close();
        tokens.close();
        assertThat(server.count(REVOKE)).isEqualTo(1);
        assertThat(server.count("POST /auth/token/revoke-self")).isEqualTo(1);
    }
}
