package io.dso.cli;

/** Exit codes, which scripts rely on: docs/cli.md. From 64 on they are those of sysexits.h. */
public final class Exit {
    public static final int OK = 0;
    /** It didn't work, for a reason without a code of its own. */
    public static final int FAILED = 1;
    /** The command line is wrong. */
    public static final int USAGE = 2;
    /** {@code plan} and dry runs alone, as their callers expect it: something would be done. */
    public static final int WOULD_CHANGE = 2;
    /** A configuration or a vault is wrong inside. */
    public static final int BAD_DATA = 65;
    /** The secret, version, bundle, file or vault isn't there. */
    public static final int NOT_FOUND = 66;
    /** The agent, or something it needs, doesn't answer. */
    public static final int UNAVAILABLE = 69;
    /** It is there already, and stays. */
    public static final int EXISTS = 73;
    /** A file can't be read or written. */
    public static final int IO = 74;
    /** Not now: somebody else is at it, or the time was up. */
    public static final int TRY_AGAIN = 75;
    /** Not you, or not with this key. */
    public static final int DENIED = 77;

    private Exit() {}
}
