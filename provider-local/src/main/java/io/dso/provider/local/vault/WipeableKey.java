package io.dso.provider.local.vault;

import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * An AES or HMAC key that can be wiped: the JDK's own {@code SecretKeySpec} keeps a copy that nobody can reach. What a
 * running {@code Cipher} expands from it is garbage after the call, and not wiped.
 */
final class WipeableKey implements SecretKey, AutoCloseable {
    private static final long serialVersionUID = 1;

    private final transient byte[] bytes;

    /** Takes the array over. */
    WipeableKey(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public String getAlgorithm() {
        return "AES";
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    /** A copy; the JDK's ciphers wipe it after use. */
    @Override
    public byte[] getEncoded() {
        return bytes.clone();
    }

    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "••••";
    }
}
