package io.dso.provider.azure;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.dso.provider.sdk.ProviderConfig;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.sdk.VersionAnswer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.assertj.core.api.Assertions;

/** A Key Vault, and the issuer of its tokens, that answer as Microsoft's documents say. */
final class FakeVault implements AutoCloseable {
    static final String TOKEN = "eyJ.the-token";

    /** What events call it: the first part of its host, as of each vault. */
    static final String NAME = "127";

    final WireMockServer server;

    /**
     * A version of a secret.
     *
     * @param more members of its attributes
     */
    record Version(String id, long created, String more) {
        Version(String id, long created) {
            this(id, created, "");
        }
    }

    FakeVault() {
        this(WireMockConfiguration.options().bindAddress("127.0.0.1").dynamicPort());
    }

    FakeVault(WireMockConfiguration options) {
        server = new WireMockServer(options);
        server.start();
        server.stubFor(post(urlPathEqualTo("/tenant/oauth2/v2.0/token")).willReturn(okJson(token(TOKEN))));
        server.stubFor(post(urlPathEqualTo("/tenant/oauth2/v2.0/token"))
                .withRequestBody(containing("scope=https%3A%2F%2Fstorage.azure.com%2F.default"))
                .willReturn(okJson(token(Azurite.token("https://storage.azure.com")))));
        server.stubFor(get(urlPathEqualTo("/metadata/identity/oauth2/token"))
                .withHeader("Metadata", equalTo("true"))
                .willReturn(okJson(token(TOKEN))));
        server.stubFor(get(urlPathEqualTo("/secrets/dso-check/versions"))
                .willReturn(aResponse().withStatus(404)));
    }

    static String token(String text) {
        return "{\"token_type\": \"Bearer\", \"expires_in\": 3599, \"access_token\": \"" + text + "\"}";
    }

    String address() {
        return server.isHttpsEnabled()
                ? "https://127.0.0.1:" + server.httpsPort()
                : "http://127.0.0.1:" + server.port();
    }

    AzureStore store(Path directory) throws java.io.IOException {
        return store(directory, InstantSource.system());
    }

    /** One that logs in with a client secret. */
    AzureStore store(Path directory, InstantSource clock) throws java.io.IOException {
        return store(address(), directory, clock);
    }

    /** The same of another server, that has the vault and issues its tokens. */
    static AzureStore store(String address, Path directory, InstantSource clock) throws java.io.IOException {
        return open(address, auth(address, directory), "", clock);
    }

    private static String auth(String address, Path directory) throws java.io.IOException {
        var secret = Files.writeString(directory.resolve("secret"), "p$w\"o'r\\d&=%\n");
        return """
                {"method": "client-secret", "tenant-id": "tenant", "client-id": "app", "secret-file": "%s", "authority": "%s"}
                """.formatted(secret, address);
    }

    /** The same with a queue, and what else there is of the configuration. */
    AzureStore watching(Path directory, String queue, String more) throws java.io.IOException {
        return open(auth(address(), directory), ", \"queue\": \"" + queue + "\"" + more, InstantSource.system());
    }

    AzureStore open(String auth, String more, InstantSource clock) {
        return open(address(), auth, more, clock);
    }

    private static AzureStore open(String address, String auth, String more, InstantSource clock) {
        var config = ProviderConfig.parse(
                "{\"vault\": \"%s\", \"timeout\": \"2s\", \"auth\": %s%s}".formatted(address, auth, more));
        var store = Main.open(config, clock);
        config.refuseUnasked();
        return store;
    }

    /** A call that shows the token, as all of the vault have to. */
    static MappingBuilder call(String path) {
        return get(urlPathEqualTo(path)).withHeader("Authorization", equalTo("Bearer " + TOKEN));
    }

    /** A first page: those that go on have this mark. */
    static MappingBuilder firstPage(String path) {
        return call(path).withQueryParam("$skiptoken", absent());
    }

    void has(String name, Version... versions) {
        var page = new JsonArray();
        for (var version : versions) {
            page.add(item("/secrets/" + name + "/" + version.id(), version.created(), version.more()));
        }
        server.stubFor(firstPage("/secrets/" + name + "/versions").willReturn(okJson(page(page, ""))));
    }

    JsonObject item(String path, long created, String more) {
        return com.google.gson.JsonParser.parseString(
                        "{\"id\": \"%s%s\", \"attributes\": {\"enabled\": true, \"created\": %d, \"updated\": %d%s}}"
                                .formatted(address(), path, created, created, more.isEmpty() ? "" : ", " + more))
                .getAsJsonObject();
    }

    String page(JsonArray items, String next) {
        var page = new JsonObject();
        page.add("value", items);
        page.addProperty("nextLink", next.isEmpty() ? null : next);
        return page.toString();
    }

    void gives(String name, String version, String value, String contentType) {
        var answer = item("/secrets/" + name + "/" + version, 1000, "");
        answer.addProperty("value", value);
        if (!contentType.isEmpty()) {
            answer.addProperty("contentType", contentType);
        }
        server.stubFor(call("/secrets/" + name + "/" + version).willReturn(okJson(answer.toString())));
    }

    /** Paths that were asked for since the last time, without the tokens'. */
    List<String> calls() {
        var paths = server.getAllServeEvents().reversed().stream()
                .map(event -> event.getRequest().getUrl().split("\\?", 2)[0])
                .filter(path -> !path.contains("oauth2"))
                .toList();
        server.resetRequests();
        return paths;
    }

    static SecretName name(String path) {
        return new SecretName(path, "");
    }

    static InstantSource at(long seconds) {
        return InstantSource.fixed(Instant.ofEpochSecond(seconds));
    }

    static VersionAnswer look(AzureStore store, String path) throws Exception {
        return store.versions(List.of(name(path))).getFirst();
    }

    static StoreFailure failure(AzureStore store, String path) throws Exception {
        return switch (look(store, path)) {
            case VersionAnswer.Current(var version) -> Assertions.fail("there is version %s", version);
            case VersionAnswer.Failed(var failure) -> failure;
        };
    }

    @Override
    public void close() {
        server.stop();
    }
}
