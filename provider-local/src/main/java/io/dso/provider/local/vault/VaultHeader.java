package io.dso.provider.local.vault;

import io.dso.provider.local.vault.VaultException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * The first 52 bytes of a vault, in clear, authenticated together with the index.
 *
 * @param vaultId random; salt of every key derivation, so that one key file or passphrase may serve several vaults
 * @param keyCheck derived from the key: tells a wrong key from a damaged file
 */
record VaultHeader(KeyDerivation derivation, UUID vaultId, long keyCheck) {
    static final int LENGTH = 52;

    private static final byte[] MAGIC = "DSOVAULT".getBytes(StandardCharsets.US_ASCII);
    private static final short FORMAT = 1;
    private static final short KEY_FILE = 0;
    private static final short ARGON2ID = 1;

    /** @param indexLength bytes of the sealed index that follows */
    byte[] encode(int indexLength) {
        var out = ByteBuffer.allocate(LENGTH).put(MAGIC).putShort(FORMAT);
        switch (derivation) {
            case KeyDerivation.KeyFile() ->
                out.putShort(KEY_FILE).putInt(0).putInt(0).putInt(0);
            case KeyDerivation.Argon2id(var memory, var iterations, var lanes) ->
                out.putShort(ARGON2ID).putInt(memory).putInt(iterations).putInt(lanes);
        }
        return out.putLong(vaultId.getMostSignificantBits())
                .putLong(vaultId.getLeastSignificantBits())
                .putLong(keyCheck)
                .putInt(indexLength)
                .array();
    }

    /**
     * @param where the file, for the error
     * @throws VaultException if this is no header of a vault, or one of a newer format
     */
    static VaultHeader decode(byte[] header, String where) {
        var in = ByteBuffer.wrap(header);
        byte[] magic = new byte[MAGIC.length];
        in.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new VaultException(Reason.DAMAGED, "this is not a vault", where, "name the right file");
        }
        short format = in.getShort();
        if (format != FORMAT) {
            throw new VaultException(
                    Reason.TOO_NEW, "the vault has format " + format + ", not " + FORMAT, where, "upgrade DSO");
        }
        try {
            var derivation = derivation(in.getShort(), in.getInt(), in.getInt(), in.getInt());
            return new VaultHeader(derivation, new UUID(in.getLong(), in.getLong()), in.getLong());
        } catch (IllegalArgumentException e) {
            throw new VaultException(
                    Reason.DAMAGED, "the vault's header is damaged", where, "restore it from a backup", e);
        }
    }

    /** The length of the sealed index, as an encoded header says it. */
    static int indexLength(byte[] header) {
        return ByteBuffer.wrap(header).getInt(LENGTH - Integer.BYTES);
    }

    private static KeyDerivation derivation(short kind, int memory, int iterations, int lanes) {
        if (kind == KEY_FILE && (memory | iterations | lanes) == 0) {
            return new KeyDerivation.KeyFile();
        }
        if (kind == ARGON2ID) {
            return new KeyDerivation.Argon2id(memory, iterations, lanes);
        }
        throw new IllegalArgumentException("key derivation " + kind);
    }
}
