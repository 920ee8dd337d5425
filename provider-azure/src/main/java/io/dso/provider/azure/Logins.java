package io.dso.provider.azure;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.CredentialFile;
import io.dso.provider.sdk.ProviderConfig;
import io.dso.provider.sdk.StoreException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * The ways to a token that there are. Own code over the JDK's HTTP client: Microsoft's library brings two more HTTP clients,
 * native code and a reactive runtime for what is one request each (docs/decisions/0007-azure-without-its-sdk.md).
 */
final class Logins {
    private static final String ISSUER = "Microsoft Entra";
    private static final String ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private final Http http;
    private final String resource;

    private Logins(Http http, String resource) {
        this.http = http;
        this.resource = resource;
    }

    /**
     * @param resource what the token is for, e.g. {@code https://vault.azure.net}
     * @throws ConfigException if {@code auth} is wrong
     */
    static Login read(ProviderConfig auth, Http http, String resource, InstantSource clock) {
        var logins = new Logins(http, resource);
        var method = auth.text("method", "managed-identity");
        return switch (method) {
            case "managed-identity" -> logins.managedIdentity(auth);
            case "workload-identity" -> {
                var file = auth.path("token-file");
                yield logins.application(
                        auth,
                        (client, address) ->
                                Map.of("client_assertion_type", ASSERTION, "client_assertion", text(file)));
            }
            case "client-secret" -> {
                var file = auth.path("secret-file");
                yield logins.application(auth, (client, address) -> Map.of("client_secret", text(file)));
            }
            case "client-certificate" -> {
                var file = auth.path("certificate-file");
                yield logins.application(
                        auth,
                        (client, address) -> Map.of(
                                "client_assertion_type",
                                ASSERTION,
                                "client_assertion",
                                SignedAssertion.of(file, client, address, clock.instant())));
            }
            default ->
                throw auth.wrong("method", "managed-identity, workload-identity, client-secret or client-certificate");
        };
    }

    /** The identity of the machine, from its metadata service. */
    private Login managedIdentity(ProviderConfig auth) {
        var endpoint = auth.address("endpoint", "http://169.254.169.254");
        var query = new TreeMap<>(Map.of("api-version", "2018-02-01", "resource", resource));
        auth.findText("client-id").ifPresent(id -> query.put("client_id", id));
        var address = URI.create(endpoint + "/metadata/identity/oauth2/token?" + form(query));
        return () -> token(
                "the metadata service",
                HttpRequest.newBuilder(address).header("Metadata", "true").GET());
    }

    /** What proves who we are. */
    private interface Proof {
        Map<String, String> of(String client, URI address) throws StoreException;
    }

    /** An application that proves who it is. */
    private Login application(ProviderConfig auth, Proof proof) {
        var client = auth.text("client-id");
        var tenant = auth.text("tenant-id");
        if (!tenant.matches("[A-Za-z0-9.-]+")) {
            throw auth.wrong("tenant-id", "a tenant's ID or domain");
        }
        var authority = auth.address("authority", "https://login.microsoftonline.com");
        var address = URI.create(authority + "/" + tenant + "/oauth2/v2.0/token");
        return () -> {
            var form = new TreeMap<>(proof.of(client, address));
            form.put("grant_type", "client_credentials");
            form.put("client_id", client);
            form.put("scope", resource + "/.default");
            return token(
                    ISSUER,
                    HttpRequest.newBuilder(address)
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString(form(form))));
        };
    }

    private Token token(String who, HttpRequest.Builder request) throws StoreException, InterruptedException {
        var answer = http.send(who, request);
        if (answer.status() == 429) {
            throw StoreException.throttled(who + " asks for fewer requests", answer.retryAfter());
        }
        if (answer.status() >= 500) {
            throw StoreException.unavailable(who + " answered " + answer.status());
        }
        var object = object(answer.body());
        if (answer.status() != 200) {
            throw StoreException.unauthenticated(who + " refuses the credentials: " + code(object, answer.status()));
        }
        if (object.get("access_token") instanceof JsonPrimitive text
                && object.get("expires_in") instanceof JsonPrimitive life) {
            try {
                return new Token(text.getAsString(), Duration.ofSeconds(life.getAsLong()));
            } catch (NumberFormatException e) {
                throw StoreException.unavailable(who + " gave a token without a time");
            }
        }
        throw StoreException.unavailable(who + " gave no token");
    }

    /** Entra's own number of the error where it has one, e.g. {@code invalid_client (AADSTS7000215)}; never its text. */
    private static String code(JsonObject object, int status) {
        var error = object.get("error") instanceof JsonPrimitive code
                        && code.getAsString().matches("[a-z_]{1,64}")
                ? code.getAsString()
                : Integer.toString(status);
        return object.get("error_codes") instanceof JsonArray codes
                        && !codes.isEmpty()
                        && codes.get(0) instanceof JsonPrimitive number
                        && number.getAsString().matches("\\d{1,12}")
                ? error + " (AADSTS" + number.getAsString() + ")"
                : error;
    }

    private static JsonObject object(byte[] body) {
        try {
            return JsonParser.parseString(new String(body, StandardCharsets.UTF_8)) instanceof JsonObject object
                    ? object
                    : new JsonObject();
        } catch (JsonParseException e) {
            return new JsonObject(); // a page of some proxy
        }
    }

    private static String form(Map<String, String> fields) {
        var form = new StringBuilder();
        fields.forEach((name, value) -> form.append(form.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return form.toString();
    }

    private static String text(Path file) throws StoreException {
        byte[] bytes = CredentialFile.read(file, CredentialFile.Readers.ANY);
        try {
            return new String(bytes, StandardCharsets.UTF_8);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
