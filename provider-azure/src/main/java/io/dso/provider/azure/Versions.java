package io.dso.provider.azure;

import io.dso.provider.sdk.StoreException;
import java.time.Instant;
import java.util.Map;

/**
 * The versions of one secret, by their IDs.
 *
 * <p>Current is the newest whose time has come. A version that begins later is staged, and waits. If the newest one is
 * disabled or has expired, nothing is current: to fall back to an older value would undo what the vault's owner did.
 */
record Versions(Map<String, Attributes> byId) {

    Versions {
        byId = Map.copyOf(byId);
    }

    /**
     * The newest that has begun. Two may be as new as each other, because creation is told in seconds.
     *
     * @throws StoreException NOT_FOUND if there is none, or it is disabled, or has expired
     */
    Newest newest(String name, Instant now) throws StoreException {
        var created = byId.values().stream()
                .filter(version -> version.begunAt(now))
                .map(Attributes::created)
                .max(Instant::compareTo)
                .orElseThrow(() -> StoreException.notFound(name + " has no version that is valid yet"));
        var ids = byId.entrySet().stream()
                .filter(version -> version.getValue().begunAt(now)
                        && version.getValue().created().equals(created))
                .map(Map.Entry::getKey)
                .toList();
        if (ids.size() > 1) {
            return new Newest.OneOf();
        }
        requireUsable(name, ids.getFirst(), now);
        return new Newest.This(ids.getFirst());
    }

    /** Which version is the newest. */
    sealed interface Newest {
        record This(String id) implements Newest {}

        /** Several were made in the same second. */
        record OneOf() implements Newest {}
    }

    /** @throws StoreException NOT_FOUND if there is no such version, or it is disabled, not valid yet, or has expired */
    void requireUsable(String name, String id, Instant now) throws StoreException {
        var version = byId.get(id);
        if (version == null) {
            throw StoreException.notFound(name + " has no version " + id);
        }
        if (version.life() == Attributes.Life.DISABLED) {
            throw StoreException.notFound("version " + id + " of " + name + " is disabled");
        }
        if (!version.begunAt(now)) {
            throw StoreException.notFound("version " + id + " of " + name + " is valid from " + version.notBefore());
        }
        if (version.expiredAt(now)) {
            throw StoreException.notFound("version " + id + " of " + name + " has expired at " + version.expires());
        }
    }
}
