package io.dso.provider.azure;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static io.dso.provider.azure.FakeVault.at;
import static io.dso.provider.azure.FakeVault.call;
import static io.dso.provider.azure.FakeVault.failure;
import static io.dso.provider.azure.FakeVault.firstPage;
import static io.dso.provider.azure.FakeVault.look;
import static io.dso.provider.azure.FakeVault.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.http.Fault;
import com.google.gson.JsonArray;
import io.dso.provider.azure.FakeVault.Version;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure.Kind;
import io.dso.provider.sdk.VersionAnswer;
import io.dso.provider.sdk.VersionAnswer.Current;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyVaultTest {
    private static final String PERMISSION =
            "{\"error\": {\"code\": \"Forbidden\", \"innererror\": {\"code\": \"%s\"}, \"message\": \"…\"}}";

    @TempDir
    Path directory;

    private FakeVault vault;
    private AzureStore store;

    @BeforeEach
    void start() throws Exception {
        vault = new FakeVault();
        store = vault.store(directory, at(5000));
    }

    @AfterEach
    void stop() {
        store.close();
        vault.close();
    }

    @Test
    void the_newest_version_is_current_and_no_value_is_read() throws Exception {
        vault.has("db", new Version("aa", 1000), new Version("cc", 3000), new Version("bb", 2000));

        assertThat(look(store, "db")).isEqualTo(new Current("cc"));
        assertThat(vault.calls()).containsExactly("/secrets/db/versions");
    }

    @Test
    void a_version_whose_time_has_not_come_waits() throws Exception {
        vault.has("db", new Version("aa", 1000), new Version("bb", 2000, "\"nbf\": 5001"));
        assertThat(look(store, "db")).isEqualTo(new Current("aa"));
        assertThat(failure(store, "db?version=bb").why()).contains("valid from");

        try (var later = vault.store(directory, at(5001))) {
            assertThat(look(later, "db")).isEqualTo(new Current("bb"));
        }
    }

    @Test
    void a_newest_version_that_is_disabled_or_has_expired_is_not_replaced_by_an_older_one() throws Exception {
        vault.has("off", new Version("aa", 1000), new Version("bb", 2000, "\"enabled\": false"));
        vault.has("old", new Version("aa", 1000), new Version("bb", 2000, "\"exp\": 5000"));

        assertThat(failure(store, "off").kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(failure(store, "off").why()).contains("is disabled");
        assertThat(failure(store, "old").why()).contains("has expired");
        assertThat(look(store, "off?version=aa")).isEqualTo(new Current("aa"));
    }

    @Test
    void of_two_versions_of_one_second_the_vault_says_which_is_current() throws Exception {
        vault.has("db", new Version("aa", 1000), new Version("bb", 1000));
        var answer = vault.item("/secrets/db/bb", 1000, "");
        answer.addProperty("value", "x");
        vault.server.stubFor(call("/secrets/db").willReturn(okJson(answer.toString())));

        assertThat(look(store, "db")).isEqualTo(new Current("bb"));
    }

    @Test
    void values_come_through_byte_for_byte_and_members_alone() throws Exception {
        vault.gives("db", "aa", "p$w\"o'r\\d\nü\t ", "");
        vault.gives("json", "bb", "{\"port\": 5432, \"n\": {\"a\": [1.0]}}", "application/json");
        vault.gives("big", "cc", "x".repeat(25 << 10), "");

        assertThat(store.fetch(name("db"), "aa")).isEqualTo("p$w\"o'r\\d\nü\t ".getBytes(StandardCharsets.UTF_8));
        assertThat(store.fetch(new SecretName("json", "port"), "bb")).asString().isEqualTo("5432");
        assertThat(store.fetch(new SecretName("json", "n"), "bb")).asString().isEqualTo("{\"a\": [1.0]}");
        assertThat(store.fetch(name("big"), "cc")).hasSize(25 << 10);
        refused(Kind.NOT_FOUND, () -> store.fetch(new SecretName("json", "host"), "bb"));
        refused(Kind.NOT_FOUND, () -> store.fetch(name("db"), "zz"));
        refused(Kind.NOT_FOUND, () -> store.fetch(name("db"), "../db/aa"));
    }

    @Test
    void a_hundred_quiet_secrets_cost_four_calls_a_pass() throws Exception {
        var names = hundredSecrets();
        assertThat(store.versions(names)).containsOnly(new Current("aa"));
        assertThat(vault.calls()).hasSize(4 + 100);

        assertThat(store.versions(names)).containsOnly(new Current("aa"));
        assertThat(vault.calls()).hasSize(4).containsOnly("/secrets");

        page(2, true);
        vault.has("s50", new Version("aa", 1000), new Version("bb", 4000));
        assertThat(store.versions(names).get(50)).isEqualTo(new Current("bb"));
        assertThat(vault.calls()).hasSize(5).contains("/secrets/s50/versions");
    }

    @Test
    void a_secret_that_was_written_a_moment_ago_is_looked_at_again() throws Exception {
        var names = hundredSecrets();
        try (var soon = vault.store(directory, at(1003))) {
            soon.versions(names);
            vault.calls();
            vault.has("s7", new Version("aa", 1000), new Version("bb", 1001));

            assertThat(soon.versions(names).get(7)).isEqualTo(new Current("bb"));
            assertThat(vault.calls()).hasSize(4 + 100);
        }
    }

    /** Forty is the least there can be: a page of Key Vault's list has 25 at most. */
    @Test
    void an_hour_of_polls_over_a_thousand_quiet_secrets_costs_forty_calls_each_and_no_value_is_read() throws Exception {
        var names = IntStream.range(0, 1000).mapToObj(i -> name("s" + i)).toList();
        try (var quiet = new FullPages(1000);
                var all = FakeVault.store(quiet.address(), directory, at(5000))) {
            assertThat(all.versions(names)).hasSize(1000).containsOnly(new Current("aa"));
            assertThat(quiet.calls()).hasSize(1 + 40 + 1000).doesNotContain(FullPages.Call.VALUE);

            for (int poll = 0; poll < 30; poll++) { // every two minutes
                assertThat(all.versions(names)).hasSize(1000).containsOnly(new Current("aa"));
            }

            assertThat(quiet.calls()).hasSize(30 * 40).containsOnly(FullPages.Call.LIST);
        }
    }

    @Test
    void a_list_without_the_secrets_is_not_read_for_longer_than_it_takes_to_ask_for_each() throws Exception {
        var names = IntStream.range(0, 12).mapToObj(i -> name("other" + i)).toList();
        try (var large = new FullPages(1000);
                var few = FakeVault.store(large.address(), directory, at(5000))) {
            few.versions(names);

            assertThat(large.calls())
                    .filteredOn(FullPages.Call.LIST::equals)
                    .as("of 40 pages")
                    .hasSize(12);
        }
    }

    private List<SecretName> hundredSecrets() {
        List<SecretName> names = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            vault.has("s" + i, new Version("aa", 1000));
            names.add(name("S" + i));
            vault.has("S" + i, new Version("aa", 1000));
        }
        for (int page = 0; page < 4; page++) {
            page(page, false);
        }
        return names;
    }

    /** The vault's list, 25 secrets a page; the first one of a page may have changed. */
    private void page(int page, boolean changed) {
        var items = new JsonArray();
        for (int i = 25 * page; i < 25 * page + 25; i++) {
            items.add(vault.item("/secrets/s" + i, changed && i == 25 * page ? 4000 : 1000, ""));
        }
        var next = page == 3 ? "" : vault.address() + "/secrets?api-version=7.4&$skiptoken=" + (page + 1);
        var stub = page == 0
                ? firstPage("/secrets")
                : call("/secrets").withQueryParam("$skiptoken", equalTo(Integer.toString(page)));
        vault.server.stubFor(stub.willReturn(okJson(vault.page(items, next))));
    }

    @Test
    void a_list_that_goes_on_elsewhere_does_not_get_the_token() throws Exception {
        try (var elsewhere = new FakeVault()) {
            var items = new JsonArray();
            vault.server.stubFor(firstPage("/secrets/db/versions")
                    .willReturn(okJson(vault.page(items, elsewhere.address() + "/secrets/db/versions"))));
            vault.server.stubFor(call("/secrets/moved/versions")
                    .willReturn(WireMock.temporaryRedirect(elsewhere.address() + "/secrets/db/versions")));

            assertThat(failure(store, "db").kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(failure(store, "moved").kind()).isEqualTo(Kind.INVALID);
            assertThat(elsewhere.calls()).isEmpty();
        }
    }

    @Test
    void refusals_are_told_apart() throws Exception {
        refusing("denied", 403, PERMISSION.formatted("ForbiddenByRbac"));
        refusing("firewall", 403, PERMISSION.formatted("ForbiddenByFirewall"));
        refusing("off", 403, PERMISSION.formatted("SecretDisabled"));
        refusing("down", 503, "");
        refusing("odd", 418, "");
        refusing("html", 200, "<html>login</html>");
        refusing("times", 200, "{\"value\": [{\"id\": \"x\", \"attributes\": {\"created\": \"now\"}}]}");

        assertThat(failure(store, "none").kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(failure(store, "denied").kind()).isEqualTo(Kind.DENIED);
        assertThat(failure(store, "firewall").why()).contains("firewall");
        assertThat(failure(store, "off").kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(failure(store, "down").kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure(store, "odd").kind()).isEqualTo(Kind.INVALID);
        assertThat(failure(store, "html").kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure(store, "times").kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure(store, "no such/name").kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(failure(store, "db?colour=red").kind()).isEqualTo(Kind.INVALID);
        store.check();
    }

    private void refusing(String name, int status, String body) {
        vault.server.stubFor(firstPage("/secrets/" + name + "/versions")
                .willReturn(aResponse().withStatus(status).withBody(body)));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void a_throttled_vault_is_left_alone_for_as_long_as_it_says(int status) throws Exception {
        vault.server.stubFor(firstPage("/secrets/db/versions")
                .willReturn(aResponse().withStatus(status).withHeader("Retry-After", "17")));

        assertThat(failure(store, "db").retryAfter()).isEqualTo(Duration.ofSeconds(17));
        vault.calls();
        assertThat(failure(store, "other").kind()).isEqualTo(Kind.THROTTLED);
        assertThat(vault.calls()).as("not even asked").isEmpty();
    }

    @Test
    void a_vault_that_breaks_off_or_says_nothing_is_unavailable() throws Exception {
        vault.server.stubFor(firstPage("/secrets/broken/versions")
                .willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));
        vault.server.stubFor(
                firstPage("/secrets/slow/versions").willReturn(aResponse().withFixedDelay(10_000)));
        vault.server.stubFor(
                firstPage("/secrets/flood/versions").willReturn(aResponse().withBody(new byte[5 << 20])));

        for (var name : new String[] {"broken", "slow", "flood"}) {
            assertThat(failure(store, name).kind()).as(name).isEqualTo(Kind.UNAVAILABLE);
        }
    }

    @Test
    void each_failure_is_its_own() throws Exception {
        vault.has("db", new Version("aa", 1000));

        var answers = store.versions(List.of(name("none"), name("db"), new SecretName("db", "k"), name("db?version=")));

        assertThat(answers.get(1)).isEqualTo(new Current("aa"));
        assertThat(answers.get(2)).isEqualTo(new Current("aa"));
        assertThat(answers)
                .filteredOn(VersionAnswer.Failed.class::isInstance)
                .extracting(answer -> ((VersionAnswer.Failed) answer).failure().kind())
                .containsExactly(Kind.NOT_FOUND, Kind.INVALID);
    }

    private static void refused(Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.failure().kind()).isEqualTo(kind));
    }
}
