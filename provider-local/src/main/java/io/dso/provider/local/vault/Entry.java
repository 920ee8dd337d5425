package io.dso.provider.local.vault;

import java.time.Instant;

/** One version as the index keeps it. */
sealed interface Entry {
    long number();

    Instant created();

    /** How callers see it. */
    default Version version() {
        return switch (this) {
            case Stored _ -> new Version(number(), created(), Version.Kind.VALUE);
            case Destroyed _ -> new Version(number(), created(), Version.Kind.DESTROYED);
            case Deleted _ -> new Version(number(), created(), Version.Kind.DELETED);
        };
    }

    /**
     * A value that is there.
     *
     * @param nonce what it was sealed with; here and not beside it, so that the index vouches for exactly this sealing
     * @param offset where the sealed value starts, in the file this index was read from
     * @param length of the sealed value
     */
    record Stored(long number, Instant created, Nonce nonce, long offset, int length) implements Entry {}

    /** A value that a delete removed. */
    record Destroyed(long number, Instant created) implements Entry {}

    /** The mark of a delete. */
    record Deleted(long number, Instant created) implements Entry {}
}
