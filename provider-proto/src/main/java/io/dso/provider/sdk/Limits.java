package io.dso.provider.sdk;

import io.dso.transport.UnixChannel;

/** What the contract bounds. */
public final class Limits {
    /** The most bytes of a value. */
    public static final int VALUE_BYTES = 1 << 20;

    /** The most bytes of a message. */
    public static final int MESSAGE_BYTES = UnixChannel.MAX_MESSAGE_BYTES;

    /** The most secrets in a request. */
    public static final int NAMES = 1000;

    private Limits() {}
}
