package io.dso.provider.azure;

import io.dso.provider.sdk.Abreast;
import io.dso.provider.sdk.Changes;
import io.dso.provider.sdk.Description;
import io.dso.provider.sdk.JsonMember;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.SecretStore;
import io.dso.provider.sdk.SharedWatch;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.sdk.VersionAnswer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A Key Vault as a store. Keeps no value.
 *
 * <p>A secret's version comes from the list of its versions, a call each. Of more than a few secrets, the vault's own list is
 * read first, 25 secrets a call: where what it says of a secret is what it said when its versions were read, they are still
 * the same. It counts in seconds, so that is only trusted of secrets that were quiet for some seconds by then.
 */
final class AzureStore implements SecretStore {
    /** Up to so many secrets are looked at one by one. */
    static final int FEW = 10;

    private static final Duration QUIET = Duration.ofSeconds(5);

    private final Http http;
    private final KeyVault vault;
    private final Push push;
    private final InstantSource clock;

    /** By name in lower case. As large as what the agent asks for. */
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    /** Versions, and what the vault's list said of the secret before they were read. */
    private record Known(Attributes listed, Versions versions) {}

    /** How changes are heard of. */
    sealed interface Push {
        /** Not at all: the agent asks from time to time. */
        record None() implements Push {}

        /** By a queue that Event Grid feeds. */
        record Queue(SharedWatch<Address> watch) implements Push {}
    }

    AzureStore(Http http, KeyVault vault, Push push, InstantSource clock) {
        this.http = http;
        this.vault = vault;
        this.push = push;
        this.clock = clock;
    }

    @Override
    public Description describe() {
        Set<Description.Ability> abilities = switch (push) {
            case Push.None() -> Set.of(Description.Ability.OLD_VERSIONS);
            case Push.Queue _ -> Set.of(Description.Ability.OLD_VERSIONS, Description.Ability.WATCH);
        };
        return new Description("azure", Description.versionBeside(AzureStore.class), abilities);
    }

    /** The versions of one secret, or why they can't be had. */
    private sealed interface Look {
        record Seen(Versions versions) implements Look {}

        record Unseen(StoreException why) implements Look {}
    }

    @Override
    public List<VersionAnswer> versions(List<SecretName> names) throws StoreException, InterruptedException {
        Set<String> secrets = new LinkedHashSet<>();
        Set<String> pinned = new HashSet<>();
        for (var name : names) {
            try {
                var address = Address.of(name.path());
                secrets.add(key(address));
                if (address.pick() instanceof Address.Pick.Version) {
                    pinned.add(key(address));
                }
            } catch (StoreException e) {
                // Told below.
            }
        }
        var listed = secrets.size() > FEW ? new HashMap<>(listed(secrets)) : new HashMap<String, Attributes>();
        listed.keySet().removeAll(pinned); // the list tells nothing of older versions
        var looks = new HashMap<>(Abreast.ask(secrets, secret -> look(secret, listed)));
        return VersionAnswer.each(names, name -> {
            var address = Address.of(name.path());
            return switch (looks.get(key(address))) {
                case Look.Seen(var versions) -> pick(address, versions);
                case Look.Unseen(var why) -> throw why;
                case null -> throw new IllegalStateException("a secret was not looked at");
            };
        });
    }

    private static String key(Address address) {
        return address.name().toLowerCase(Locale.ROOT);
    }

    /** Whoever may read single secrets but not the list gets his versions too, a call each. */
    private Map<String, Attributes> listed(Set<String> secrets) throws StoreException, InterruptedException {
        try {
            return vault.list(secrets);
        } catch (StoreException e) {
            if (e.failure().kind() == StoreFailure.Kind.DENIED) {
                return Map.of();
            }
            throw e;
        }
    }

    private Look look(String secret, Map<String, Attributes> listed) throws InterruptedException {
        var says = listed.get(secret);
        var before = known.get(secret);
        if (says != null && before != null && says.equals(before.listed())) {
            return new Look.Seen(before.versions());
        }
        try {
            var versions = vault.versions(secret);
            if (says != null && says.updated().isBefore(clock.instant().minus(QUIET))) {
                known.put(secret, new Known(says, versions));
            }
            return new Look.Seen(versions);
        } catch (StoreException e) {
            known.remove(secret);
            return new Look.Unseen(e);
        }
    }

    private String pick(Address address, Versions versions) throws StoreException, InterruptedException {
        Instant now = clock.instant();
        return switch (address.pick()) {
            case Address.Pick.Version(var id) -> {
                versions.requireUsable(address.name(), id, now);
                yield id;
            }
            case Address.Pick.Current _ ->
                switch (versions.newest(address.name(), now)) {
                    case Versions.Newest.This(var id) -> id;
                    case Versions.Newest.OneOf _ -> vault.current(address.name());
                };
        };
    }

    @Override
    public byte[] fetch(SecretName name, String version) throws StoreException, InterruptedException {
        var address = Address.of(name.path());
        if (!version.matches("[A-Za-z0-9]{1,64}")) {
            throw StoreException.notFound(address.name() + " has no version " + version);
        }
        List<byte[]> used = new ArrayList<>();
        try {
            byte[] answer = vault.secret(address.name(), version);
            used.add(answer);
            byte[] value = JsonMember.of(answer, new SecretName("the vault's answer", "value"));
            used.add(value);
            return switch (address.kind()) {
                case SECRET -> JsonMember.of(value, name);
                case CERTIFICATE -> Certificates.pem(value, contentType(answer), name);
            };
        } finally {
            used.forEach(bytes -> Arrays.fill(bytes, (byte) 0));
        }
    }

    private static String contentType(byte[] answer) throws StoreException {
        try {
            return new String(
                    JsonMember.of(answer, new SecretName("the vault's answer", "contentType")), StandardCharsets.UTF_8);
        } catch (StoreException e) {
            if (e.failure().kind() == StoreFailure.Kind.NOT_FOUND) {
                return "";
            }
            throw e;
        }
    }

    /** Asks for a secret that isn't there: "not found" and "denied" both prove that the vault knows us. */
    @Override
    public void check() throws StoreException, InterruptedException {
        try {
            vault.versions("dso-check");
        } catch (StoreException e) {
            switch (e.failure().kind()) {
                case NOT_FOUND, DENIED -> {
                    // proved
                }
                default -> throw e;
            }
        }
    }

    @Override
    public void watch(List<SecretName> names, Changes changes) throws StoreException, InterruptedException {
        switch (push) {
            case Push.None() -> throw StoreException.invalid("no queue is configured");
            case Push.Queue(var watch) -> watch.watch(names, name -> Address.of(name.path()), changes);
        }
    }

    @Override
    public void close() {
        if (push instanceof Push.Queue(var watch)) {
            watch.close();
        }
        http.close();
    }
}
