package io.dso.provider.local.vault;

import io.dso.provider.local.vault.VaultException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An encrypted file of secrets and their versions. Several processes may read and write it at the same time: a reader
 * sees the state of one moment, a writer waits for the others and replaces the file as a whole.
 *
 * <p>The file is read anew by every call; the key is derived once and kept until {@link #close()}. Thread-safe.
 */
public final class Vault implements AutoCloseable {
    /** How many versions of a secret a vault keeps, unless told otherwise. */
    public static final int KEEP = 10;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path file;
    private final KeySource source;
    private final InstantSource clock;
    private final Duration patience;
    private final SecureRandom random = new SecureRandom();

    /** The header that {@link #key} belongs to; both under this object's lock. */
    private @Nullable VaultHeader header;

    private @Nullable VaultKey key;

    Vault(Path file, KeySource source, InstantSource clock, Duration patience) {
        this.file = file;
        this.source = source;
        this.clock = clock;
        this.patience = patience;
    }

    /** A vault that may not be there yet, or not be whole: every call says so when it is made. Reads nothing. */
    public static Vault at(Path file, KeySource source) {
        return new Vault(file, source, InstantSource.system(), PATIENCE);
    }

    /** @throws VaultException if it is missing, damaged, or not of this key */
    public static Vault open(Path file, KeySource source) {
        var vault = at(file, source);
        boolean good = false;
        try (var _ = vault.snapshot()) {
            good = true;
            return vault;
        } finally {
            if (!good) {
                vault.close();
            }
        }
    }

    /**
     * Makes an empty vault, mode 0600.
     *
     * @param keep how many versions of a secret stay, 1 to 1,000
     * @throws VaultException if there is a file already
     */
    public static Vault create(Path file, KeySource source, int keep) {
        var derivation = switch (source) {
            case KeySource.KeyFile _ -> new KeyDerivation.KeyFile();
            case KeySource.PassphraseFile _ -> KeyDerivation.Argon2id.RECOMMENDED;
        };
        var vault = at(file, source);
        vault.create(derivation, VaultIndex.empty(keep));
        return vault;
    }

    void create(KeyDerivation derivation, VaultIndex empty) {
        try (var _ = VaultLock.acquire(file, patience)) {
            if (Files.exists(file)) {
                throw new VaultException(
                        Reason.PRESENT, "the vault is there already", file.toString(), "use it, or name another");
            }
            var id = UUID.randomUUID();
            try (var fresh = VaultKey.derive(source, derivation, id)) {
                var made = new VaultHeader(derivation, id, fresh.check());
                Replacement.replace(file, out -> writeHead(out, made, fresh, empty));
            }
        }
    }

    /** The state of this moment. The caller closes it, before this vault. */
    public Snapshot snapshot() {
        return Snapshot.open(file, this::keyFor);
    }

    private synchronized VaultKey keyFor(VaultHeader wanted) {
        var known = key;
        if (known == null || !wanted.equals(header)) {
            var derived = VaultKey.derive(source, wanted.derivation(), wanted.vaultId());
            if (derived.check() != wanted.keyCheck()) {
                derived.close();
                throw new VaultException(
                        Reason.KEY_WRONG,
                        "the key is not the one of this vault",
                        source.file().toString(),
                        "name the key of " + file);
            }
            if (known != null) {
                known.close();
            }
            key = derived;
            header = wanted;
            return derived;
        }
        return known;
    }

    /** @see Snapshot#names() */
    public List<SecretPath> names() {
        return ask(Snapshot::names);
    }

    /** @see Snapshot#current(SecretPath) */
    public Optional<Version> current(SecretPath name) {
        return ask(snapshot -> snapshot.current(name));
    }

    /** @see Snapshot#history(SecretPath) */
    public List<Version> history(SecretPath name) {
        return ask(snapshot -> snapshot.history(name));
    }

    /** @see Snapshot#read(SecretPath, long) */
    public Optional<SecretBytes> read(SecretPath name, long number) {
        return ask(snapshot -> snapshot.read(name, number));
    }

    private <R> R ask(Function<Snapshot, R> question) {
        try (var snapshot = snapshot()) {
            return question.apply(snapshot);
        }
    }

    /**
     * Adds a version, which becomes the current one. When this returns, it survives a power cut.
     *
     * @param value 0 to 1,048,576 bytes; stays the caller's
     * @throws VaultException if it is too large, or the vault can't be read or written
     */
    public Version put(SecretPath name, SecretBytes value) {
        if (value.length() > SecretBytes.MAX_BYTES) {
            throw new VaultException(
                    Reason.TOO_LARGE,
                    "a value has at most " + SecretBytes.MAX_BYTES + " bytes, this has more",
                    name.text(),
                    "store it in parts, or store a key to it");
        }
        var target = realFile();
        try (var _ = VaultLock.acquire(target, patience);
                var old = snapshot()) {
            long number = old.index().nextNumber(name);
            var nonce = Nonce.random(random);
            byte[] place = Seal.place(old.header().vaultId(), name, number);
            byte[] sealed = value.use(bytes -> Seal.sealValue(old.key().values(), nonce, place, bytes));
            var added = new Entry.Stored(number, now(), nonce, 0, sealed.length);
            replace(target, old, old.index().with(name, added), added, sealed);
            return added.version();
        }
    }

    /**
     * Destroys all values of a secret. Its history stays, and its numbers go on.
     *
     * @return the mark of the delete; empty if there was no current value
     */
    public Optional<Version> delete(SecretPath name) {
        var target = realFile();
        try (var _ = VaultLock.acquire(target, patience);
                var old = snapshot()) {
            if (old.current(name).isEmpty()) {
                return Optional.empty();
            }
            var mark = new Entry.Deleted(old.index().nextNumber(name), now());
            replace(target, old, old.index().without(name, mark), mark, new byte[0]);
            return Optional.of(mark.version());
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Writes a vault with this index: values that stay are copied as they are, the added one is not yet in the file. */
    private void replace(Path target, Snapshot old, VaultIndex index, Entry added, byte[] sealed) {
        Replacement.replace(target, out -> {
            writeHead(out, old.header(), old.key(), index);
            for (var stored : index.stored()) {
                if (stored == added) {
                    writeAll(out, ByteBuffer.wrap(sealed));
                } else {
                    old.copyTo(out, stored.offset(), stored.length());
                }
            }
        });
    }

    private Path realFile() {
        try {
            return file.toRealPath(); // a link to a vault stays a link
        } catch (NoSuchFileException e) {
            throw Snapshot.absent(file, e);
        } catch (IOException e) {
            throw Replacement.refused("the vault can't be written", file, e);
        }
    }

    private void writeHead(FileChannel out, VaultHeader head, VaultKey with, VaultIndex index) throws IOException {
        byte[] plain = index.encode();
        byte[] header = head.encode(Nonce.LENGTH + plain.length + Seal.TAG_LENGTH);
        var nonce = Nonce.random(random);
        writeAll(out, ByteBuffer.wrap(header));
        writeAll(out, ByteBuffer.wrap(nonce.bytes()));
        writeAll(out, ByteBuffer.wrap(Seal.seal(with.index(), nonce, header, plain)));
    }

    private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** Wipes the key. */
    @Override
    public synchronized void close() {
        if (key != null) {
            key.close();
        }
        key = null;
        header = null;
    }
}
