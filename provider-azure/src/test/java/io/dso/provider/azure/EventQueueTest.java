package io.dso.provider.azure;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okXml;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static io.dso.provider.azure.FakeVault.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.sdk.StoreFailure.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Azurite never says, as Microsoft's documents have it. */
class EventQueueTest {
    private static final String MESSAGES = "/shop/dso-host1/messages";
    private static final String ERROR =
            "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>%s</Code><Message>…</Message></Error>";

    @TempDir
    Path directory;

    private FakeVault vault;
    private AzureStore store;

    @BeforeEach
    void start() throws Exception {
        vault = new FakeVault();
        store = vault.watching(directory, vault.address() + "/shop/dso-host1", "");
    }

    @AfterEach
    void stop() {
        store.close();
        vault.close();
    }

    private void answers(ResponseDefinitionBuilder answer) {
        vault.server.stubFor(any(urlPathEqualTo(MESSAGES)).willReturn(answer));
    }

    private StoreFailure failure() throws Exception {
        try (var watch = new Watching(store, List.of(name("db")))) {
            return watch.end();
        }
    }

    private static ResponseDefinitionBuilder error(int status, String code) {
        return aResponse().withStatus(status).withBody(ERROR.formatted(code));
    }

    @Test
    void a_service_that_is_busy_is_left_alone_for_as_long_as_it_says() throws Exception {
        for (var status : new int[] {503, 429}) {
            stop();
            start();
            answers(error(status, "ServerBusy").withHeader("Retry-After", "7"));

            assertThat(failure().kind()).isEqualTo(Kind.THROTTLED);
            assertThat(failure().retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(7));
            assertThat(vault.calls()).as("asked once").containsExactly(MESSAGES);
        }
    }

    @Test
    void each_refusal_is_its_own() throws Exception {
        answers(error(403, "AuthorizationPermissionMismatch"));
        assertThat(failure().kind()).isEqualTo(Kind.DENIED);
        assertThat(failure().why()).contains("'Storage Queue Data Message Processor'");
        answers(error(401, "InvalidAuthenticationInfo"));
        assertThat(failure().kind()).isEqualTo(Kind.UNAUTHENTICATED);
        answers(error(500, "OperationTimedOut"));
        assertThat(failure().kind()).isEqualTo(Kind.UNAVAILABLE);
        answers(error(400, "InvalidHeaderValue"));
        assertThat(failure().kind()).isEqualTo(Kind.INVALID);
    }

    /** A first page, which is dropped; then one message; then none. */
    @Test
    void a_message_is_read_whatever_is_escaped_in_it_and_deleted_by_its_receipt_or_gone_already() throws Exception {
        var event = Azurite.event(FakeVault.NAME, "db")
                .replace("\n", "&#xD;&#10;")
                .replace("\"topic\"", "&quot;odd&quot;: &quot;&apos;&lt;&gt;&amp;$&#36;&#x110000;&quot;, \"topic\"");
        page(Scenario.STARTED, "armed", "");
        page("armed", "read", """
                <QueueMessage><MessageText>no ID</MessageText></QueueMessage>
                <QueueMessage><MessageId>5974b586-0df3</MessageId><InsertionTime>Fri, 09 Oct 2026 21:04:30 GMT</InsertionTime>
                <PopReceipt>Ag+/=&amp;&quot;</PopReceipt><DequeueCount>1</DequeueCount><MessageText>%s</MessageText></QueueMessage>
                """.formatted(event));
        page("read", "read", "");
        vault.server.stubFor(delete(urlPathMatching(MESSAGES + "/.*")).willReturn(error(404, "MessageNotFound")));
        vault.server.stubFor(delete(urlPathEqualTo(MESSAGES + "/5974b586-0df3"))
                .withQueryParam("popreceipt", equalTo("Ag+/=&\""))
                .willReturn(error(400, "PopReceiptMismatch")));

        try (var watch = new Watching(store, List.of(name("db")))) {
            assertThat(watch.next()).containsExactly(name("db"));
            assertThat(watch.awaitArmed()).isNotNull();
        }
    }

    private void page(String state, String next, String messages) {
        vault.server.stubFor(get(urlPathEqualTo(MESSAGES))
                .withQueryParam("numofmessages", equalTo("32"))
                .withQueryParam("visibilitytimeout", equalTo("30"))
                .inScenario("queue")
                .whenScenarioStateIs(state)
                .willSetStateTo(next)
                .willReturn(okXml("\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><QueueMessagesList>" + messages
                        + "</QueueMessagesList>")));
    }

    @Test
    void without_a_queue_there_is_no_watch() throws Exception {
        try (var without = vault.store(directory);
                var watch = new Watching(without, List.of(name("db")))) {
            assertThat(watch.end().kind()).isEqualTo(Kind.INVALID);
            assertThat(without.describe().abilities()).hasSize(1);
            assertThat(store.describe().abilities()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://shop.queue.core.windows.net",
                "https://shop.queue.core.windows.net/",
                "https://shop.queue.core.windows.net/dso-host1?sv=2021&sig=abc",
                "https://shop.queue.core.windows.net/a/b/dso-host1",
                "https://user:word@shop.queue.core.windows.net/dso-host1",
                "http://shop.queue.core.windows.net/dso-host1",
            })
    void what_is_no_queue_is_refused_and_not_quoted(String address) {
        assertThatThrownBy(() -> vault.watching(directory, address, ""))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("'queue' has to be ")
                .hasMessageNotContaining("sig=");
    }
}
