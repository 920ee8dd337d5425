package io.dso.provider.local.vault;

/** A vault that can't be used, told so that a person can mend it. No part of it is, or is derived from, a value. */
public final class VaultException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What kind of failure it is, for callers that decide. */
    public enum Reason {
        /** There is no vault, or no key file, at this place. */
        ABSENT,
        /** There is one already, and it stays. */
        PRESENT,
        /** The file system refuses. */
        UNREADABLE,
        /** Others than its owner may read the key. */
        KEY_TOO_OPEN,
        /** The key file doesn't hold a key. */
        KEY_MALFORMED,
        /** A good key, but of another vault. */
        KEY_WRONG,
        /** Not a vault, cut short, or changed by somebody without the key. */
        DAMAGED,
        /** Made by a newer DSO. */
        TOO_NEW,
        /** Another process is writing for longer than we waited. */
        LOCKED,
        /** What is to be stored is beyond a limit. */
        TOO_LARGE
    }

    private final Reason reason;
    private final String what;
    private final String where;
    private final String fix;

    /**
     * @param what the cause, one lower-case sentence without a full stop
     * @param where the file
     * @param fix what to do; empty where nothing is known
     */
    VaultException(Reason reason, String what, String where, String fix) {
        super(what + " (" + where + ")");
        this.reason = reason;
        this.what = what;
        this.where = where;
        this.fix = fix;
    }

    VaultException(Reason reason, String what, String where, String fix, Throwable cause) {
        this(reason, what, where, fix);
        initCause(cause);
    }

    public Reason reason() {
        return reason;
    }

    public String what() {
        return what;
    }

    public String where() {
        return where;
    }

    public String fix() {
        return fix;
    }
}
