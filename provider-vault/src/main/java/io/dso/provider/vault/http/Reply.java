package io.dso.provider.vault.http;

import java.util.Arrays;

/** What the server answered. Whoever gets one closes it, which wipes the body. Not thread-safe. */
public final class Reply implements AutoCloseable {
    private final int status;
    private final String retryAfter;
    private final byte[] body;

    Reply(int status, String retryAfter, byte[] body) {
        this.status = status;
        this.retryAfter = retryAfter;
        this.body = body;
    }

    public int status() {
        return status;
    }

    /** The header of that name; empty if there is none. */
    public String retryAfter() {
        return retryAfter;
    }

    /** Lent: it is wiped with this. */
    public byte[] body() {
        return body;
    }

    @Override
    public void close() {
        Arrays.fill(body, (byte) 0);
    }

    /** Never the body. */
    @Override
    public String toString() {
        return "status " + status + ", " + body.length + " bytes";
    }
}
