package io.dso.agent.secret;

import java.util.Arrays;
import java.util.function.Function;

/**
 * The bytes of one version of one secret, for as long as they are needed and no longer.
 *
 * <p>Not a record on purpose: records print, compare and serialise what they hold. Whoever makes a value closes it.
 * Not thread-safe.
 */
public final class SecretValue implements AutoCloseable {
    /** The most bytes a value may have. */
    public static final int MAX_BYTES = 1 << 20;

    private final byte[] bytes;
    private boolean wiped;

    private SecretValue(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Takes the array over: the caller must not use it any more, it is wiped on {@link #close()}.
     *
     * @throws IllegalArgumentException if it is longer than {@link #MAX_BYTES}
     */
    public static SecretValue owning(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            int length = bytes.length;
            Arrays.fill(bytes, (byte) 0);
            throw new IllegalArgumentException("a value has at most " + MAX_BYTES + " bytes, this has " + length);
        }
        return new SecretValue(bytes);
    }

    /** Number of bytes. */
    public int length() {
        return bytes.length;
    }

    /**
     * Lends the bytes. The function must neither keep nor change the array.
     *
     * @throws IllegalStateException if the value is wiped
     */
    public <R> R use(Function<byte[], R> function) {
        if (wiped) {
            throw new IllegalStateException("the value is wiped");
        }
        return function.apply(bytes);
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
