package io.dso.provider.vault.engine;

import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.sdk.VersionAnswer;
import io.dso.provider.vault.api.Json;
import io.dso.provider.vault.api.Refusal;
import io.dso.provider.vault.http.Request;
import io.dso.provider.vault.token.Session;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Key and value with versions. Versions come from metadata: a value is read only when it is fetched. Where several
 * secrets lie in one folder and the server has detailed lists (OpenBao), one call answers for all of them. Thread-safe.
 */
public final class KvTwo {
    private static final int LONG_LIST = 8 << 20;
    private static final int LONG_VALUE = 8 << 20;
    private static final Duration WITHOUT_LISTS = Duration.ofMinutes(10);

    private final Session session;
    private final Mounts mounts;
    private final InstantSource clock;

    /** Folders whose list we can't have, and since when. */
    private final Map<Folder, Instant> unlisted = new ConcurrentHashMap<>();

    private record Folder(Mount mount, String path) {}

    public KvTwo(Session session, Mounts mounts, InstantSource clock) {
        this.session = session;
        this.mounts = mounts;
        this.clock = clock;
    }

    /** The versions of secrets of one mount. */
    public Map<SecretPath, VersionAnswer> versions(Mount mount, Collection<SecretPath> paths, Round round)
            throws InterruptedException {
        var now = clock.instant();
        unlisted.values().removeIf(since -> !now.isBefore(since.plus(WITHOUT_LISTS)));
        var answers = new HashMap<SecretPath, VersionAnswer>();
        var single = new ArrayList<SecretPath>();
        var folders = paths.stream().collect(Collectors.groupingBy(path -> folder(mount, path)));
        for (var folder : folders.entrySet()) {
            var listed = folder.getValue().size() > 1
                    ? listed(folder.getKey(), folder.getValue(), round, now)
                    : Map.<SecretPath, VersionAnswer>of();
            answers.putAll(listed);
            folder.getValue().stream().filter(path -> !listed.containsKey(path)).forEach(single::add);
        }
        answers.putAll(round.each(single, path -> metadata(mount, path).version(path, now)));
        return answers;
    }

    private static Folder folder(Mount mount, SecretPath path) {
        var rest = mount.rest(path);
        return new Folder(mount, rest.substring(0, rest.lastIndexOf('/') + 1));
    }

    /** What a detailed list tells; nothing of a secret that isn't in it, nor if there is no list. */
    private Map<SecretPath, VersionAnswer> listed(Folder folder, List<SecretPath> paths, Round round, Instant now)
            throws InterruptedException {
        if (unlisted.containsKey(folder)) {
            return Map.of();
        }
        Map<String, Metadata> found;
        try {
            found = round.ask(() -> list(folder, paths));
        } catch (StoreException e) {
            return Map.of(); // asking for each tells why, if it is the store that fails
        }
        var answers = new HashMap<SecretPath, VersionAnswer>();
        for (var path : paths) {
            var metadata = found.get(name(folder, path));
            if (metadata != null) {
                answers.put(path, answer(metadata, path, now));
            }
        }
        return answers;
    }

    private static String name(Folder folder, SecretPath path) {
        return folder.mount().rest(path).substring(folder.path().length());
    }

    private static VersionAnswer answer(Metadata metadata, SecretPath path, Instant now) {
        try {
            return new VersionAnswer.Current(metadata.version(path, now));
        } catch (StoreException e) {
            return new VersionAnswer.Failed(e.failure());
        }
    }

    private Map<String, Metadata> list(Folder folder, List<SecretPath> paths)
            throws StoreException, InterruptedException {
        var url = folder.mount().url("detailed-metadata", folder.path());
        try (var answered = session.call(Request.list(url).upTo(LONG_LIST))) {
            if (answered.status() == 200) {
                var names = paths.stream().map(path -> name(folder, path)).collect(Collectors.toUnmodifiableSet());
                return Metadata.of(answered.reply().body(), names);
            }
            if (answered.status() / 100 == 4 && answered.status() != 429) {
                unlisted.put(folder, clock.instant()); // no such call, or not for us
                return Map.of();
            }
            throw Refusal.of(answered.reply(), "list of " + folder.path());
        } catch (StoreException e) {
            if (e.failure().kind() == StoreFailure.Kind.INVALID) {
                unlisted.put(folder, clock.instant()); // longer than we take
            }
            throw e;
        }
    }

    private Metadata metadata(Mount mount, SecretPath path) throws StoreException, InterruptedException {
        var url = mount.url("metadata", mount.rest(path));
        try (var answered = session.call(Request.get(url))) {
            if (answered.status() == 404) {
                mounts.doubt(path);
                throw StoreException.notFound("there is no secret " + path.path());
            }
            if (answered.status() != 200) {
                throw Refusal.of(answered.reply(), mount.path() + "/metadata/" + mount.rest(path));
            }
            return Metadata.of(answered.reply().body());
        }
    }

    /** The secret of exactly this version, a JSON object. */
    public Json fetch(Mount mount, SecretPath path, String version) throws StoreException, InterruptedException {
        int at = version.indexOf('@');
        var number = at < 0 ? "" : version.substring(0, at);
        if (!number.matches("[1-9]\\d{0,8}")) {
            throw noSuchVersion(path, version);
        }
        var request = Request.get(mount.url("data", mount.rest(path)) + "?version=" + number)
                .upTo(LONG_VALUE);
        try (var answered = session.call(request)) {
            if (answered.status() == 404) {
                throw noSuchVersion(path, number);
            }
            if (answered.status() != 200) {
                throw Refusal.of(answered.reply(), mount.path() + "/data/" + mount.rest(path));
            }
            try (var answer = new Json(answered.reply().body());
                    var data = answer.object("data");
                    var metadata = data.object("metadata")) {
                var name = Metadata.name(metadata.number("version"), metadata.text("created_time"));
                if (!name.equals(version)) {
                    throw noSuchVersion(path, number); // of its number, but of a secret that was made anew
                }
                return new Json(data.find("data").orElseThrow(() -> noSuchVersion(path, number)));
            }
        }
    }

    private static StoreException noSuchVersion(SecretPath path, String version) {
        return StoreException.notFound("there is no value of version " + version + " of " + path.path());
    }
}
