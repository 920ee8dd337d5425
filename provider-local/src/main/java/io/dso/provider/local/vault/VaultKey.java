package io.dso.provider.local.vault;

import io.dso.provider.local.vault.VaultException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.UUID;
import javax.crypto.Mac;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * The keys of one vault, in memory until closed: one for the index, one for the values.
 *
 * <p>Both, and the header's check, come from the owner's key by HKDF-SHA-256 (RFC 5869) with the vault's id as salt, so
 * that one owner's key may serve several vaults without sharing a single AES key.
 */
final class VaultKey implements AutoCloseable {
    private final WipeableKey index;
    private final WipeableKey values;
    private final long check;

    private VaultKey(WipeableKey index, WipeableKey values, long check) {
        this.index = index;
        this.values = values;
        this.check = check;
    }

    /**
     * Derives the keys; takes a quarter of a second for a passphrase.
     *
     * @throws VaultException if the source can't be read or isn't of the kind that this vault was made with
     */
    static VaultKey derive(KeySource source, KeyDerivation derivation, UUID vaultId) {
        byte[] secret = source.load();
        byte[] salt = bytes(vaultId);
        byte[] master = new byte[0];
        byte[] extracted = new byte[0];
        try {
            master = master(secret, source, derivation, salt);
            extracted = hmac(salt, master);
            byte[] check = expand(extracted, "dso vault key check");
            return new VaultKey(
                    new WipeableKey(expand(extracted, "dso vault index")),
                    new WipeableKey(expand(extracted, "dso vault values")),
                    ByteBuffer.wrap(check).getLong());
        } finally {
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(master, (byte) 0);
            Arrays.fill(extracted, (byte) 0);
        }
    }

    private static byte[] master(byte[] secret, KeySource source, KeyDerivation derivation, byte[] salt) {
        return switch (derivation) {
            case KeyDerivation.KeyFile() when source instanceof KeySource.KeyFile -> secret.clone();
            case KeyDerivation.Argon2id argon
            when source instanceof KeySource.PassphraseFile -> argon2id(secret, argon, salt);
            case KeyDerivation.KeyFile() -> throw wrongKind(source, "a key file", "a passphrase");
            case KeyDerivation.Argon2id _ -> throw wrongKind(source, "a passphrase", "a key file");
        };
    }

    private static VaultException wrongKind(KeySource source, String made, String given) {
        return new VaultException(
                Reason.KEY_WRONG,
                "the vault was made with " + made + ", and is opened with " + given,
                source.file().toString(),
                "name the " + made.substring(2) + " of this vault");
    }

    private static byte[] argon2id(byte[] passphrase, KeyDerivation.Argon2id argon, byte[] salt) {
        var generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(argon.memoryKib())
                .withIterations(argon.iterations())
                .withParallelism(argon.lanes())
                .withSalt(salt)
                .build());
        byte[] key = new byte[KeySource.KEY_BYTES];
        generator.generateBytes(passphrase, key);
        return key;
    }

    /** One block of HKDF-Expand: 32 bytes are all we need. */
    private static byte[] expand(byte[] extracted, String purpose) {
        byte[] info = (purpose + '\1').getBytes(StandardCharsets.US_ASCII);
        return hmac(extracted, info);
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try (var wipeable = new WipeableKey(key.clone())) {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(wipeable);
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
        }
    }

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    WipeableKey index() {
        return index;
    }

    WipeableKey values() {
        return values;
    }

    /** What the header of a vault with this key holds. */
    long check() {
        return check;
    }

    @Override
    public void close() {
        index.close();
        values.close();
    }
}
