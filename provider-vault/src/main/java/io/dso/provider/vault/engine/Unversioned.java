package io.dso.provider.vault.engine;

import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.VersionAnswer;
import io.dso.provider.vault.api.Json;
import io.dso.provider.vault.api.Refusal;
import io.dso.provider.vault.http.Request;
import io.dso.provider.vault.token.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What has a value and no versions: key and value of version 1, and credentials that an engine changes by itself (static
 * roles). The version is a keyed digest of the value, which has to be read for it; it isn't kept. Thread-safe.
 */
public final class Unversioned {
    private static final int LONG_VALUE = 8 << 20;

    /** What changes when an engine changes a credential; what it says besides counts the time until then. */
    private static final List<String> CREDENTIAL =
            List.of("username", "password", "rsa_private_key", "last_vault_rotation", "last_password");

    private final Session session;
    private final Mounts mounts;
    private final Digest digest;

    public Unversioned(Session session, Mounts mounts, Digest digest) {
        this.session = session;
        this.mounts = mounts;
        this.digest = digest;
    }

    /** Whether a path of an engine that makes secrets is one of those that it keeps. */
    public static boolean isKept(Mount mount, SecretPath path) {
        var rest = mount.rest(path);
        return rest.startsWith("static-cred/") || rest.startsWith("static-creds/");
    }

    /** The versions of secrets of one mount. */
    public Map<SecretPath, VersionAnswer> versions(Mount mount, Collection<SecretPath> paths, Round round)
            throws InterruptedException {
        return round.each(paths, path -> {
            try (var value = read(mount, path)) {
                return version(mount, path, value);
            }
        });
    }

    /** The secret, a JSON object, if it still is of this version. */
    public Json fetch(Mount mount, SecretPath path, String version) throws StoreException, InterruptedException {
        var value = read(mount, path);
        try {
            if (version(mount, path, value).equals(version)) {
                return value;
            }
        } catch (StoreException e) {
            value.close();
            throw e;
        }
        value.close();
        throw StoreException.notFound("the value of " + path.path() + " is another one by now");
    }

    private String version(Mount mount, SecretPath path, Json value) throws StoreException {
        if (mount.kind() == Mount.Kind.KV_ONE) {
            return digest.of(path.path(), value.lend());
        }
        var parts = new ArrayList<byte[]>();
        for (var member : CREDENTIAL) {
            parts.add(value.find(member).orElse(new byte[0]));
        }
        try {
            return digest.of(path.path(), parts.toArray(byte[][]::new));
        } finally {
            parts.forEach(part -> Arrays.fill(part, (byte) 0));
        }
    }

    private Json read(Mount mount, SecretPath path) throws StoreException, InterruptedException {
        if (path.pin().isPresent()) {
            throw StoreException.invalid(path.path() + " has no versions, so none can be pinned");
        }
        var request = Request.get(mount.url("", mount.rest(path))).upTo(LONG_VALUE);
        try (var answered = session.call(request)) {
            if (answered.status() == 404) {
                mounts.doubt(path);
                throw StoreException.notFound("there is no secret " + path.path());
            }
            if (answered.status() != 200) {
                throw Refusal.of(answered.reply(), path.path());
            }
            try (var answer = new Json(answered.reply().body())) {
                return answer.object("data");
            }
        }
    }
}
