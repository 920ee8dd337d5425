package io.dso.provider.vault.engine;

import io.dso.provider.sdk.StoreException;
import io.dso.provider.vault.api.Json;
import io.dso.provider.vault.api.Refusal;
import io.dso.provider.vault.http.Request;
import io.dso.provider.vault.token.Session;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which engine a path belongs to. Asks the server once for each mount, and again after a while, by the call that every
 * token may make that may do anything at all below the mount. Thread-safe.
 */
public final class Mounts {
    private static final Duration GOOD_FOR = Duration.ofMinutes(10);
    private static final Set<String> PLAIN = Set.of("kv", "generic", "cubbyhole");

    private final Session session;
    private final InstantSource clock;
    private final Map<Mount, Instant> known = new ConcurrentHashMap<>();

    public Mounts(Session session, InstantSource clock) {
        this.session = session;
        this.clock = clock;
    }

    /** @throws StoreException DENIED also if there is no such mount: the server tells no difference */
    public Mount of(SecretPath secret) throws StoreException, InterruptedException {
        var now = clock.instant();
        known.values().removeIf(learned -> !now.isBefore(learned.plus(GOOD_FOR)));
        var found = known.keySet().stream()
                .filter(mount -> mount.holds(secret))
                .max(Comparator.comparingInt(mount -> mount.path().length()));
        if (found.isPresent()) {
            return found.get();
        }
        var mount = ask(secret);
        known.put(mount, now);
        return mount;
    }

    /** What was learned of this path's mount may be wrong: there was nothing at it. */
    void doubt(SecretPath secret) {
        known.keySet().removeIf(mount -> mount.holds(secret));
    }

    private Mount ask(SecretPath secret) throws StoreException, InterruptedException {
        var url = "/v1/sys/internal/ui/mounts/" + SecretPath.escaped(secret.path());
        try (var answered = session.call(Request.get(url))) {
            if (answered.status() == 403) {
                throw StoreException.denied(
                        "no policy of ours allows anything at " + secret.path() + ", or there is no such mount");
            }
            if (answered.status() != 200) {
                throw Refusal.of(answered.reply(), "mount of " + secret.path());
            }
            try (var answer = new Json(answered.reply().body());
                    var data = answer.object("data")) {
                var path = data.text("path").replaceAll("/+$", "");
                var mount = new Mount(path, kind(data, secret));
                if (!mount.holds(secret)) {
                    throw StoreException.notFound("there is no secret " + secret + ", only a mount");
                }
                return mount;
            }
        }
    }

    private static Mount.Kind kind(Json data, SecretPath secret) throws StoreException {
        var type = data.text("type");
        if (type.equals("system")) {
            throw StoreException.invalid(secret + " is no secret");
        }
        if (!PLAIN.contains(type)) {
            return Mount.Kind.MAKER;
        }
        var options = data.find("options");
        if (options.isEmpty()) {
            return Mount.Kind.KV_ONE;
        }
        try (var those = new Json(options.get())) {
            return those.text("version").equals("2") ? Mount.Kind.KV_TWO : Mount.Kind.KV_ONE;
        }
    }
}
