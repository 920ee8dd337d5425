package io.dso.provider.vault;

import io.dso.provider.sdk.Changes;
import io.dso.provider.sdk.Description;
import io.dso.provider.sdk.JsonMember;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.SecretStore;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.VersionAnswer;
import io.dso.provider.vault.api.Json;
import io.dso.provider.vault.engine.Events;
import io.dso.provider.vault.engine.KvTwo;
import io.dso.provider.vault.engine.Leases;
import io.dso.provider.vault.engine.Mount;
import io.dso.provider.vault.engine.Mounts;
import io.dso.provider.vault.engine.Round;
import io.dso.provider.vault.engine.SecretPath;
import io.dso.provider.vault.engine.Unversioned;
import io.dso.provider.vault.token.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The server as a store: finds the engine of each path, and takes members out of what it gives. Thread-safe. */
final class VaultStore implements SecretStore {
    /** Before a member's name: its text is base64, and the bytes are wanted. */
    private static final String BASE64 = "base64:";

    /** How the server tells of changes. */
    enum Push {
        NONE,
        EVENTS
    }

    private final Session session;
    private final Mounts mounts;
    private final KvTwo kvTwo;
    private final Unversioned unversioned;
    private final Leases leases;
    private final Events events;
    private final Push push;
    private final List<Runnable> closing;

    /**
     * Takes over what it is made of.
     *
     * @param closing what closes it, in this order
     */
    VaultStore(
            Session session,
            Mounts mounts,
            KvTwo kvTwo,
            Unversioned unversioned,
            Leases leases,
            Events events,
            Push push,
            List<Runnable> closing) {
        this.session = session;
        this.mounts = mounts;
        this.kvTwo = kvTwo;
        this.unversioned = unversioned;
        this.leases = leases;
        this.events = events;
        this.push = push;
        this.closing = List.copyOf(closing);
    }

    @Override
    public Description describe() {
        return new Description(
                "vault",
                Description.versionBeside(VaultStore.class),
                switch (push) {
                    case NONE -> Set.of(Description.Ability.OLD_VERSIONS);
                    case EVENTS -> Set.of(Description.Ability.OLD_VERSIONS, Description.Ability.WATCH);
                });
    }

    @Override
    public List<VersionAnswer> versions(List<SecretName> names) throws InterruptedException {
        var round = new Round();
        var answers = new HashMap<String, VersionAnswer>();
        var byMount = new LinkedHashMap<Mount, Map<SecretPath, String>>();
        for (var text : new LinkedHashSet<>(names.stream().map(SecretName::path).toList())) {
            try {
                var path = SecretPath.parse(text);
                var mount = round.ask(() -> mounts.of(path));
                byMount.computeIfAbsent(mount, _ -> new LinkedHashMap<>()).put(path, text);
            } catch (StoreException e) {
                answers.put(text, new VersionAnswer.Failed(e.failure()));
            }
        }
        for (var entry : byMount.entrySet()) {
            var texts = entry.getValue();
            versions(entry.getKey(), texts.keySet(), round)
                    .forEach((path, answer) -> answers.put(texts.get(path), answer));
        }
        var inOrder = new ArrayList<VersionAnswer>(names.size());
        names.forEach(name -> inOrder.add(answers.get(name.path())));
        return inOrder;
    }

    private Map<SecretPath, VersionAnswer> versions(Mount mount, Collection<SecretPath> paths, Round round)
            throws InterruptedException {
        return switch (mount.kind()) {
            case KV_TWO -> kvTwo.versions(mount, paths, round);
            case KV_ONE -> unversioned.versions(mount, paths, round);
            case MAKER -> {
                var kept = paths.stream()
                        .filter(path -> Unversioned.isKept(mount, path))
                        .toList();
                var answers = new HashMap<>(unversioned.versions(mount, kept, round));
                paths.stream()
                        .filter(path -> !Unversioned.isKept(mount, path))
                        .forEach(path -> answers.put(path, leased(path)));
                yield answers;
            }
        };
    }

    private VersionAnswer leased(SecretPath path) {
        return path.pin().isPresent()
                ? new VersionAnswer.Failed(
                        StoreException.invalid(path.path() + " has no versions, so none can be pinned")
                                .failure())
                : new VersionAnswer.Current(leases.version(path));
    }

    @Override
    public byte[] fetch(SecretName name, String version) throws StoreException, InterruptedException {
        var path = SecretPath.parse(name.path());
        var mount = mounts.of(path);
        try (var secret = fetch(mount, path, version)) {
            return member(secret, name);
        }
    }

    private Json fetch(Mount mount, SecretPath path, String version) throws StoreException, InterruptedException {
        return switch (mount.kind()) {
            case KV_TWO -> kvTwo.fetch(mount, path, version);
            case KV_ONE -> unversioned.fetch(mount, path, version);
            case MAKER ->
                Unversioned.isKept(mount, path) ? unversioned.fetch(mount, path, version) : leases.fetch(path, version);
        };
    }

    private static byte[] member(Json secret, SecretName name) throws StoreException {
        if (!name.key().startsWith(BASE64)) {
            return JsonMember.of(secret.lend(), name);
        }
        byte[] text = JsonMember.of(
                secret.lend(), new SecretName(name.path(), name.key().substring(BASE64.length())));
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw StoreException.invalid(name + " is no base64");
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    @Override
    public void check() throws StoreException, InterruptedException {
        session.check();
    }

    @Override
    public void watch(List<SecretName> names, Changes changes) throws StoreException, InterruptedException {
        if (push == Push.NONE) {
            throw StoreException.invalid("'push' is off");
        }
        events.watch(names, changes);
    }

    @Override
    public void close() {
        closing.forEach(Runnable::run);
    }
}
