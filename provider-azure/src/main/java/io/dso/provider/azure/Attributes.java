package io.dso.provider.azure;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.time.Instant;

/**
 * What Key Vault says of a secret or of one of its versions besides its value. It counts in whole seconds.
 *
 * @param notBefore when it begins to be valid
 * @param expires when it ends to be
 */
record Attributes(Life life, Instant created, Instant updated, Instant notBefore, Instant expires) {

    /** Whether somebody switched it off. */
    enum Life {
        ENABLED,
        DISABLED
    }

    static Attributes of(JsonObject item) {
        var attributes = item.get("attributes") instanceof JsonObject object ? object : new JsonObject();
        boolean disabled = attributes.get("enabled") instanceof JsonPrimitive enabled && !enabled.getAsBoolean();
        return new Attributes(
                disabled ? Life.DISABLED : Life.ENABLED,
                time(attributes, "created", Instant.EPOCH),
                time(attributes, "updated", Instant.EPOCH),
                time(attributes, "nbf", Instant.MIN),
                time(attributes, "exp", Instant.MAX));
    }

    private static Instant time(JsonObject attributes, String key, Instant otherwise) {
        return attributes.get(key) instanceof JsonPrimitive seconds
                ? Instant.ofEpochSecond(seconds.getAsLong())
                : otherwise;
    }

    boolean begunAt(Instant now) {
        return !now.isBefore(notBefore);
    }

    boolean expiredAt(Instant now) {
        return !now.isBefore(expires);
    }
}
