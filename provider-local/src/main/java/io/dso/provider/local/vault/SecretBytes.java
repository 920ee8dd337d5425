package io.dso.provider.local.vault;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.Function;

/**
 * The bytes of a value, for as long as somebody needs them. Whoever gets one closes it. Not a record on purpose: records
 * print, compare and serialise what they hold. Not thread-safe.
 */
public final class SecretBytes implements AutoCloseable {
    /** The most bytes a value may have. */
    public static final int MAX_BYTES = 1 << 20;

    private final byte[] bytes;
    private boolean wiped;

    private SecretBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes the array over: the caller must not use it any more, it is wiped on {@link #close()}. */
    public static SecretBytes owning(byte[] bytes) {
        return new SecretBytes(bytes);
    }

    public int length() {
        return bytes.length;
    }

    /**
     * Lends the bytes. The function must neither keep nor change the array.
     *
     * @throws IllegalStateException if they are wiped
     */
    public <R> R use(Function<byte[], R> function) {
        return function.apply(live());
    }

    /** Writes exactly these bytes. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(live());
    }

    private byte[] live() {
        if (wiped) {
            throw new IllegalStateException("the value is wiped");
        }
        return bytes;
    }

    /** Overwrites the bytes. Idempotent. */
    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
        wiped = true;
    }

    /** Never the value. */
    @Override
    public String toString() {
        return "••••";
    }
}
