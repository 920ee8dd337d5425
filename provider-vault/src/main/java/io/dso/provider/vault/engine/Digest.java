package io.dso.provider.vault.engine;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tells whether a value is still the same one, to nobody who hasn't the key. Thread-safe. */
public final class Digest {
    private static final int BYTES = 16;

    private final SecretKeySpec key;

    /** @param key at least 32 bytes nobody can guess; stays the caller's */
    public Digest(byte[] key) {
        this.key = new SecretKeySpec(key, "HmacSHA256");
    }

    /** Of a value at a path: equal values of two secrets have different digests. */
    String of(String path, byte[]... value) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(path.getBytes(StandardCharsets.UTF_8));
            for (byte[] part : value) {
                mac.update((byte) 0);
                mac.update(part);
            }
            return "h-" + HexFormat.of().formatHex(mac.doFinal(), 0, BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HMAC", e);
        }
    }
}
