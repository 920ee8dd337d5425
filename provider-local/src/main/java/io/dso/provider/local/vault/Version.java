package io.dso.provider.local.vault;

import java.time.Instant;

/**
 * One line of a secret's history.
 *
 * @param number counts up from 1 within a secret, and is never used for anything else, even after a delete
 * @param created to the millisecond
 */
public record Version(long number, Instant created, Kind kind) {
    /** What happened. */
    public enum Kind {
        /** A value was set, and can be read. */
        VALUE,
        /** A value was set; a later delete destroyed it. */
        DESTROYED,
        /** The secret was deleted. */
        DELETED
    }

    /** The number as others name this version. */
    public String id() {
        return Long.toString(number);
    }
}
