package io.dso.provider.vault.engine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.dso.provider.sdk.Changes;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.vault.api.VaultApi;
import io.dso.provider.vault.token.Session;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Listens to what the server tells of changes of KV (Vault Enterprise). Where it doesn't, the watch is never armed, and
 * nothing is said of it: polls find changes anyway. Thread-safe.
 */
public final class Events {
    private static final String TOPIC = "/v1/sys/events/subscribe/kv*?json=true";
    private static final Duration UNTIL_ASKED_AGAIN = Duration.ofMinutes(10);
    private static final List<String> CALLS = List.of("", "data/", "metadata/", "delete/", "undelete/", "destroy/");

    private final Session session;
    private final Mounts mounts;

    public Events(Session session, Mounts mounts) {
        this.session = session;
        this.mounts = mounts;
    }

    /** Reports changes until the thread is interrupted or the connection breaks. */
    public void watch(List<SecretName> names, Changes changes) throws StoreException, InterruptedException {
        var byCall = byCall(names);
        while (session.listen(TOPIC, changes::armed, message -> report(message, byCall, changes))
                == VaultApi.End.REFUSED) {
            Thread.sleep(UNTIL_ASKED_AGAIN);
        }
        throw StoreException.unavailable("the server stopped telling of changes");
    }

    /** Under each path by which an event may call a secret. Which one it is, servers' versions don't agree on. */
    private Map<String, Set<SecretName>> byCall(List<SecretName> names) throws InterruptedException {
        var byCall = new HashMap<String, Set<SecretName>>();
        for (var name : names) {
            try {
                var path = SecretPath.parse(name.path());
                var mount = mounts.of(path);
                for (var call : CALLS) {
                    byCall.computeIfAbsent(mount.path() + "/" + call + mount.rest(path), _ -> new HashSet<>())
                            .add(name);
                }
            } catch (StoreException e) {
                // Polls say why.
            }
        }
        return byCall;
    }

    private static void report(String message, Map<String, Set<SecretName>> byCall, Changes changes) {
        var named = named(message, byCall);
        if (!named.isEmpty()) {
            changes.changed(named);
        }
    }

    private static Set<SecretName> named(String message, Map<String, Set<SecretName>> byCall) {
        var named = new HashSet<SecretName>();
        try {
            var metadata = part(part(part(JsonParser.parseString(message), "data"), "event"), "metadata");
            for (var key : List.of("path", "data_path")) {
                if (metadata.get(key) instanceof JsonPrimitive path) {
                    named.addAll(byCall.getOrDefault(path.getAsString(), Set.of()));
                }
            }
        } catch (JsonParseException e) {
            // No event of ours.
        }
        return named;
    }

    private static JsonObject part(JsonElement whole, String key) {
        return whole instanceof JsonObject object && object.get(key) instanceof JsonObject part
                ? part
                : new JsonObject();
    }
}
