package io.dso.provider.local.vault;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.UUID;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/** AES-256-GCM as the vault uses it: what is sealed, what is bound to it, and how long it looks. */
final class Seal {
    static final int TAG_LENGTH = 16;
    /** A value's length on disk tells no more than which multiple of this it is: short secrets all look alike. */
    static final int VALUE_PADDING = 256;

    private Seal() {}

    /** @return ciphertext and tag */
    static byte[] seal(WipeableKey key, Nonce nonce, byte[] bound, byte[] plain) {
        try {
            return cipher(Cipher.ENCRYPT_MODE, key, nonce, bound).doFinal(plain);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-256-GCM", e);
        }
    }

    /**
     * @param bound what was bound to it when it was sealed
     * @throws AEADBadTagException if anything about it changed since
     */
    static byte[] open(WipeableKey key, Nonce nonce, byte[] bound, byte[] sealed) throws AEADBadTagException {
        try {
            return cipher(Cipher.DECRYPT_MODE, key, nonce, bound).doFinal(sealed);
        } catch (AEADBadTagException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-256-GCM", e);
        }
    }

    private static Cipher cipher(int mode, WipeableKey key, Nonce nonce, byte[] bound) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG_LENGTH, nonce.bytes()));
        cipher.updateAAD(bound);
        return cipher;
    }

    /** A value's sealed form: its length, its bytes, zeros up to the next multiple. */
    static byte[] sealValue(WipeableKey key, Nonce nonce, byte[] bound, byte[] value) {
        byte[] padded = new byte[roundUp(Integer.BYTES + value.length, VALUE_PADDING)];
        try {
            ByteBuffer.wrap(padded).putInt(value.length).put(value);
            return seal(key, nonce, bound, padded);
        } finally {
            Arrays.fill(padded, (byte) 0);
        }
    }

    /** @throws AEADBadTagException if anything about it changed since it was sealed */
    static SecretBytes openValue(WipeableKey key, Nonce nonce, byte[] bound, byte[] sealed) throws AEADBadTagException {
        byte[] padded = open(key, nonce, bound, sealed);
        try {
            int length = ByteBuffer.wrap(padded).getInt();
            return SecretBytes.owning(Arrays.copyOfRange(padded, Integer.BYTES, Integer.BYTES + length));
        } finally {
            Arrays.fill(padded, (byte) 0);
        }
    }

    /** What binds a value to its place: moved to another vault, name or version, it no longer opens. */
    static byte[] place(UUID vaultId, SecretPath name, long number) {
        byte[] text = name.text().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(16 + Short.BYTES + text.length + Long.BYTES)
                .put(VaultKey.bytes(vaultId))
                .putShort((short) text.length)
                .put(text)
                .putLong(number)
                .array();
    }

    static int roundUp(int length, int multiple) {
        return Math.ceilDiv(length, multiple) * multiple;
    }
}
