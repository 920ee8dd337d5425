package io.dso.provider.azure;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.dso.provider.azure.FakeVault.failure;
import static io.dso.provider.azure.FakeVault.look;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.dso.provider.azure.FakeVault.Version;
import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.ProviderConfig;
import io.dso.provider.sdk.StoreFailure.Kind;
import io.dso.provider.sdk.VersionAnswer.Current;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoginTest {
    @TempDir
    Path directory;

    private volatile Instant now = Instant.ofEpochSecond(1_800_000_000);
    private final InstantSource clock = () -> now;
    private FakeVault vault;

    @BeforeEach
    void start() {
        vault = new FakeVault();
        vault.has("db", new Version("aa", 1000));
    }

    @AfterEach
    void stop() {
        vault.close();
    }

    /** The fields of the form that the issuer got. */
    private Map<String, String> form() {
        var fields = new TreeMap<String, String>();
        for (var event : vault.server.getAllServeEvents()) {
            if (event.getRequest().getUrl().contains("/token")) {
                for (var field : event.getRequest().getBodyAsString().split("&", -1)) {
                    var parts = field.split("=", 2);
                    fields.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
                }
            }
        }
        return fields;
    }

    @Test
    void a_client_secret_comes_from_its_file() throws Exception {
        try (var store = vault.store(directory, clock)) {
            assertThat(look(store, "db")).isEqualTo(new Current("aa"));
            assertThat(form())
                    .containsOnly(
                            Map.entry("client_id", "app"),
                            Map.entry("client_secret", "p$w\"o'r\\d&=%"),
                            Map.entry("grant_type", "client_credentials"),
                            Map.entry("scope", "https://vault.azure.net/.default"));
        }
    }

    @Test
    void a_workload_proves_itself_by_the_token_in_its_file_as_it_is_at_that_time() throws Exception {
        var file = Files.writeString(directory.resolve("token"), "first");
        try (var store = vault.open(application("workload-identity", "token-file", file.toString()), "", clock)) {
            Files.writeString(file, "second");
            assertThat(look(store, "db")).isEqualTo(new Current("aa"));
            assertThat(form())
                    .containsEntry("client_assertion", "second")
                    .containsEntry("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        }
    }

    @Test
    void a_certificate_signs_an_assertion_that_its_public_key_proves() throws Exception {
        var pair = KeyPairFile.make(directory, "CN=dso");
        try (var store = vault.open(
                application("client-certificate", "certificate-file", pair.pem().toString()), "", clock)) {
            assertThat(look(store, "db")).isEqualTo(new Current("aa"));
        }
        var parts = form().getOrDefault("client_assertion", "").split("\\.", -1);
        assertThat(parts).hasSize(3);
        var signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        signature.initVerify(pair.certificate());
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
        var claims = json(parts[1]);
        assertThat(claims.get("aud").getAsString()).isEqualTo(vault.address() + "/tenant/oauth2/v2.0/token");
        assertThat(claims.get("sub").getAsString()).isEqualTo("app");
        assertThat(claims.get("exp").getAsLong()).isEqualTo(1_800_000_000 + 300);
        assertThat(json(parts[0]).get("x5t#S256").getAsString()).hasSize(43);
    }

    private static JsonObject json(String part) {
        return JsonParser.parseString(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8))
                .getAsJsonObject();
    }

    @Test
    void a_machine_has_its_token_from_the_metadata_service() throws Exception {
        try (var store = vault.open(
                "{\"method\": \"managed-identity\", \"endpoint\": \"%s\", \"client-id\": \"mine\"}"
                        .formatted(vault.address()),
                "",
                clock)) {
            assertThat(look(store, "db")).isEqualTo(new Current("aa"));
            assertThat(vault.server.getAllServeEvents())
                    .extracting(event -> event.getRequest().getUrl())
                    .contains("/metadata/identity/oauth2/token?api-version=2018-02-01&client_id=mine"
                            + "&resource=https%3A%2F%2Fvault.azure.net");
        }
    }

    @Test
    void a_token_is_used_until_shortly_before_its_end() throws Exception {
        try (var store = vault.store(directory, clock)) {
            look(store, "db");
            now = now.plusSeconds(3599 - 301);
            look(store, "db");
            assertThat(tokens()).isEqualTo(1);
            now = now.plusSeconds(2);
            look(store, "db");
            assertThat(tokens()).isEqualTo(2);
        }
    }

    @Test
    void a_token_that_can_not_be_renewed_is_used_to_its_end() throws Exception {
        try (var store = vault.store(directory, clock)) {
            look(store, "db");
            vault.server.stubFor(post(anyUrl()).willReturn(aResponse().withStatus(503)));
            now = now.plusSeconds(3599 - 10);
            assertThat(look(store, "db")).isEqualTo(new Current("aa"));
            assertThat(look(store, "db")).isEqualTo(new Current("aa"));
            assertThat(tokens()).as("the issuer is not asked for each call").isEqualTo(2);
            now = now.plusSeconds(10);
            assertThat(failure(store, "db").kind()).isEqualTo(Kind.UNAVAILABLE);
        }
    }

    @Test
    void a_token_that_the_vault_no_longer_takes_is_replaced_once() throws Exception {
        try (var store = vault.store(directory, clock)) {
            look(store, "db");
            vault.server.stubFor(any(urlPathEqualTo("/secrets/gone/versions"))
                    .willReturn(aResponse().withStatus(401)));

            assertThat(failure(store, "gone").kind()).isEqualTo(Kind.UNAUTHENTICATED);
            assertThat(tokens()).isEqualTo(2);
        }
    }

    private long tokens() {
        return vault.server.getAllServeEvents().stream()
                .filter(event -> event.getRequest().getUrl().contains("/token"))
                .count();
    }

    @Test
    void refused_credentials_are_told_by_number_and_never_quoted() throws Exception {
        vault.server.stubFor(post(urlPathEqualTo("/tenant/oauth2/v2.0/token"))
                .willReturn(aResponse()
                        .withStatus(401)
                        .withBody("{\"error\": \"invalid_client\", \"error_codes\": [7000215],"
                                + " \"error_description\": \"AADSTS7000215: Invalid client secret p$w provided\"}")));
        try (var store = vault.store(directory, clock)) {
            var failure = failure(store, "db");
            assertThat(failure.kind()).isEqualTo(Kind.UNAUTHENTICATED);
            assertThat(failure.why()).contains("invalid_client (AADSTS7000215)").doesNotContain("p$w");
        }
    }

    @Test
    void an_issuer_that_is_away_is_no_fault_of_the_credentials() throws Exception {
        try (var store = vault.store(directory, clock)) {
            vault.server.stubFor(post(anyUrl()).willReturn(aResponse().withStatus(503)));
            assertThat(failure(store, "db").kind()).isEqualTo(Kind.UNAVAILABLE);
            vault.server.stubFor(
                    post(anyUrl()).willReturn(aResponse().withStatus(429).withHeader("Retry-After", "30")));
            now = now.plusSeconds(5);
            assertThat(failure(store, "db").kind()).isEqualTo(Kind.THROTTLED);
            vault.server.stubFor(post(anyUrl()).willReturn(okJson("{}")));
            now = now.plusSeconds(29);
            assertThat(failure(store, "db").kind()).as("left alone").isEqualTo(Kind.THROTTLED);
            now = now.plusSeconds(1);
            assertThat(failure(store, "db").kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(tokens()).isEqualTo(3);
        }
    }

    @Test
    void a_file_that_is_missing_is_named() throws Exception {
        try (var store =
                vault.open(application("client-certificate", "certificate-file", "/nowhere/x.pem"), "", clock)) {
            assertThat(failure(store, "db").kind()).isEqualTo(Kind.UNAUTHENTICATED);
            assertThat(failure(store, "db").why()).contains("/nowhere/x.pem");
        }
    }

    private String application(String method, String key, String file) {
        return "{\"method\": \"%s\", \"tenant-id\": \"tenant\", \"client-id\": \"app\", \"%s\": \"%s\", \"authority\": \"%s\"}"
                .formatted(method, key, file, vault.address());
    }

    @Test
    void a_vault_is_asked_for_over_tls_that_its_own_authority_signed_and_no_other() throws Exception {
        var pair = KeyPairFile.make(directory, "CN=vault");
        var auth = "{\"method\": \"managed-identity\", \"endpoint\": \"%s\"}".formatted(vault.address());
        try (var secure = new FakeVault(com.github.tomakehurst.wiremock.core.WireMockConfiguration.options()
                .bindAddress("127.0.0.1")
                .httpDisabled(true)
                .dynamicHttpsPort()
                .keystorePath(pair.store().toString())
                .keystorePassword(KeyPairFile.PASSWORD)
                .keyManagerPassword(KeyPairFile.PASSWORD))) {
            secure.has("db", new Version("aa", 1000));
            try (var store = secure.open(auth, ", \"ca-file\": \"" + pair.authority() + "\"", clock)) {
                assertThat(look(store, "db")).isEqualTo(new Current("aa"));
            }
            secure.calls();
            try (var store = secure.open(auth, "", clock)) {
                assertThat(failure(store, "db").kind()).isEqualTo(Kind.UNAVAILABLE);
                assertThat(failure(store, "db").why()).contains("can't be trusted");
            }
            assertThat(secure.calls()).as("no request, so no token").isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "{}|'vault' is missing",
                "{'vault': 'shop'}|'vault' has to be",
                "{'vault': 'http://shop.vault.azure.net'}|'vault' has to be an https address",
                "{'vault': 'https://shop.vault.azure.net/secrets'}|'vault' has to be an address without a path",
                "{'vault': 'https://v', 'auth': {'method': 'magic'}}|'auth.method' has to be",
                "{'vault': 'https://v', 'auth': {'method': 'client-secret', 'client-id': 'a', 'tenant-id': 't'}}|'auth.secret-file' is missing",
                "{'vault': 'https://v', 'auth': {'method': 'client-secret', 'client-id': 'a', 'tenant-id': 't/..', 'secret-file': '/x'}}|'auth.tenant-id' has to be",
                "{'vault': 'https://v', 'ca-file': '/nowhere'}|'ca-file' can't be read",
                "{'vault': 'https://v', 'timeout': '0s'}|'timeout' has to be longer than nothing",
                "{'vault': 'https://v', 'timeout': '31s'}|'timeout' has to be at most 30s",
            })
    void a_wrong_configuration_is_refused_and_the_key_named(String json, String why) {
        var config = ProviderConfig.parse(json.replace('\'', '"'));

        assertThatThrownBy(() -> Main.open(config, clock))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(why);
    }

    @Test
    void tokens_are_for_the_vaults_own_cloud() {
        assertThat(Main.resource(URI.create("https://shop.vault.azure.net"))).isEqualTo("https://vault.azure.net");
        assertThat(Main.resource(URI.create("https://shop.vault.azure.cn"))).isEqualTo("https://vault.azure.cn");
        assertThat(Main.resource(URI.create("https://shop.vault.usgovcloudapi.net")))
                .isEqualTo("https://vault.usgovcloudapi.net");
    }
}
