package io.dso.provider.azure;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.dso.provider.sdk.JsonMember;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/** The few calls to a Key Vault (data plane, secrets) that the provider makes. */
final class KeyVault {
    private static final String API = "api-version=7.4";
    /** The largest page Key Vault gives. */
    private static final int PAGE = 25;

    private final URI vault;
    private final Calls calls;

    /** @param vault its address, without a path */
    KeyVault(URI vault, Calls calls) {
        this.vault = vault;
        this.calls = calls;
    }

    /** Its name, as events tell it. */
    String name() {
        return vault.getHost().split("\\.", 2)[0];
    }

    /**
     * All secrets of the vault by their names in lower case, or as many as are worth it: the reading ends when all wanted ones
     * were seen, or as many pages had none of them as are still missing, which a call each finds as well.
     *
     * @return nothing for the secrets that weren't seen; what the vault says of a secret is its current version's
     */
    Map<String, Attributes> list(Set<String> wanted) throws StoreException, InterruptedException {
        var seen = new HashMap<String, Attributes>();
        var next = Optional.of(URI.create(vault + "/secrets?" + API + "&maxresults=" + PAGE));
        int inVain = 0;
        while (next.isPresent() && inVain < wanted.size() - seen.size()) {
            int before = seen.size();
            next = page(next.get(), "the list of secrets", (id, attributes) -> {
                var name = last(id).toLowerCase(Locale.ROOT);
                if (wanted.contains(name)) {
                    seen.put(name, attributes);
                }
            });
            inVain += seen.size() == before ? 1 : 0;
        }
        return seen;
    }

    /** All versions of a secret. */
    Versions versions(String name) throws StoreException, InterruptedException {
        var byId = new HashMap<String, Attributes>();
        var next = Optional.of(URI.create(vault + "/secrets/" + name + "/versions?" + API + "&maxresults=" + PAGE));
        while (next.isPresent()) {
            next = page(next.get(), name, (id, attributes) -> byId.put(last(id), attributes));
        }
        if (byId.isEmpty()) {
            throw StoreException.notFound("the vault has no secret " + name);
        }
        return new Versions(byId);
    }

    /** The ID of the version that the vault calls current. The answer has its value, which is dropped. */
    String current(String name) throws StoreException, InterruptedException {
        byte[] body = get(URI.create(vault + "/secrets/" + name + "?" + API), name);
        try {
            byte[] id = JsonMember.of(body, new SecretName("the vault's answer", "id"));
            return last(new String(id, StandardCharsets.UTF_8));
        } finally {
            Arrays.fill(body, (byte) 0);
        }
    }

    /** The vault's answer for one version, with its value; the caller wipes it. */
    byte[] secret(String name, String version) throws StoreException, InterruptedException {
        return get(
                URI.create(vault + "/secrets/" + name + "/" + version + "?" + API),
                "version " + version + " of " + name);
    }

    private Optional<URI> page(URI address, String what, BiConsumer<String, Attributes> taker)
            throws StoreException, InterruptedException {
        var page = object(get(address, what));
        if (page.get("value") instanceof JsonArray items) {
            for (var item : items) {
                if (item instanceof JsonObject object) {
                    taker.accept(text(object, "id"), attributes(object));
                }
            }
        }
        var next = page.get("nextLink") instanceof JsonPrimitive link ? link.getAsString() : "";
        return next.isEmpty() ? Optional.empty() : Optional.of(ours(next));
    }

    private static Attributes attributes(JsonObject item) throws StoreException {
        try {
            return Attributes.of(item);
        } catch (NumberFormatException | DateTimeException e) {
            throw StoreException.unavailable("the vault's answer has a time that is none");
        }
    }

    /** The token goes nowhere else, whatever a link says. */
    private URI ours(String link) throws StoreException {
        try {
            var uri = URI.create(link);
            if (vault.getScheme().equals(uri.getScheme())
                    && vault.getAuthority().equalsIgnoreCase(uri.getAuthority())) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // as good as elsewhere
        }
        throw StoreException.unavailable("the vault's list goes on elsewhere");
    }

    private byte[] get(URI address, String what) throws StoreException, InterruptedException {
        var request = HttpRequest.newBuilder(address).GET();
        var answer = calls.send(request);
        if (answer.status() >= 500 && !isThrottling(answer)) {
            answer = calls.send(request);
        }
        if (answer.status() == 200) {
            return answer.body();
        }
        throw refusal(answer, what);
    }

    /** Too many requests, or too much to do: then it says how long to leave it alone. */
    private static boolean isThrottling(Http.Answer answer) {
        return answer.status() == 429
                || answer.status() == 503 && !answer.retryAfter().isZero();
    }

    private StoreException refusal(Http.Answer answer, String what) {
        if (isThrottling(answer)) {
            return calls.throttled(answer);
        }
        return switch (answer.status()) {
            case 401 -> StoreException.unauthenticated("the vault refuses the token; is it the application's tenant?");
            case 403 -> refused(answer, what);
            case 404 -> StoreException.notFound("the vault has no " + what);
            default ->
                answer.status() >= 500
                        ? StoreException.unavailable("the vault answered " + answer.status())
                        : StoreException.invalid("the vault answered " + answer.status() + " for " + what);
        };
    }

    /** A disabled secret is refused as well, and isn't a matter of permissions. */
    private static StoreException refused(Http.Answer answer, String what) {
        var body = new String(answer.body(), StandardCharsets.UTF_8);
        return body.contains("SecretDisabled") || body.contains("disabled secret")
                ? StoreException.notFound(what + " is disabled")
                : StoreException.denied("the vault refuses " + what
                        + (body.contains("ForbiddenByFirewall")
                                ? ": its firewall doesn't know this host"
                                : ": the identity needs 'get' and 'list' for secrets"));
    }

    private static JsonObject object(byte[] body) throws StoreException {
        try {
            if (JsonParser.parseString(new String(body, StandardCharsets.UTF_8)) instanceof JsonObject object) {
                return object;
            }
        } catch (JsonParseException e) {
            // Without the cause, which quotes.
        }
        throw StoreException.unavailable("the vault's answer is no JSON object");
    }

    private static String text(JsonObject object, String key) {
        return object.get(key) instanceof JsonPrimitive text ? text.getAsString() : "";
    }

    /** The last part of an ID, as in {@code https://shop.vault.azure.net/secrets/NAME/VERSION}. */
    private static String last(String id) {
        return id.substring(id.lastIndexOf('/') + 1);
    }
}
