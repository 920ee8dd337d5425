package io.dso.provider.local.vault;

import io.dso.provider.local.vault.VaultException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;

/**
 * A vault as it was at one moment: its index in memory, its values in the file, which stays open until {@link #close()},
 * even when another has taken its place. Thread-safe.
 */
public final class Snapshot implements AutoCloseable {
    private static final int MAX_INDEX_BYTES = 64 << 20;

    private final String where;
    private final FileChannel channel;
    private final FileIdentity identity;
    private final VaultHeader header;
    private final VaultIndex index;
    private final VaultKey key;

    private Snapshot(
            String where,
            FileChannel channel,
            FileIdentity identity,
            VaultHeader header,
            VaultIndex index,
            VaultKey key) {
        this.where = where;
        this.channel = channel;
        this.identity = identity;
        this.header = header;
        this.index = index;
        this.key = key;
    }

    /**
     * @param keys the key for a header; stays with whoever gave it
     * @throws VaultException if the file is missing, damaged, or not of this key
     */
    static Snapshot open(Path file, Function<VaultHeader, VaultKey> keys) {
        FileChannel channel = null;
        boolean done = false;
        try {
            // Asked before the file is opened: if it is replaced in between, it looks older than it is, and the
            // next look reads it again; the other way round a change would be missed.
            var identity = FileIdentity.of(file);
            channel = FileChannel.open(file, StandardOpenOption.READ);
            var snapshot = read(file.toString(), channel, identity, keys);
            done = true;
            return snapshot;
        } catch (NoSuchFileException e) {
            throw absent(file, e);
        } catch (IOException e) {
            throw Replacement.refused("the vault can't be read", file, e);
        } finally {
            if (channel != null && !done) {
                closeQuietly(channel);
            }
        }
    }

    private static Snapshot read(
            String where, FileChannel channel, FileIdentity identity, Function<VaultHeader, VaultKey> keys)
            throws IOException {
        byte[] head = readAt(channel, 0, VaultHeader.LENGTH, where);
        var header = VaultHeader.decode(head, where);
        int sealedLength = VaultHeader.indexLength(head);
        if (sealedLength < Nonce.LENGTH + Seal.TAG_LENGTH || sealedLength > MAX_INDEX_BYTES) {
            throw damaged(where, "its header is changed");
        }
        byte[] sealed = readAt(channel, VaultHeader.LENGTH, sealedLength, where);
        var key = keys.apply(header);
        try {
            var in = ByteBuffer.wrap(sealed);
            var nonce = Nonce.read(in);
            byte[] rest = new byte[in.remaining()];
            in.get(rest);
            long values = VaultHeader.LENGTH + sealedLength;
            var index = VaultIndex.decode(Seal.open(key.index(), nonce, head, rest), values);
            long end = values + index.storedLength();
            if (channel.size() != end) {
                throw damaged(where, "it has " + channel.size() + " bytes, not " + end);
            }
            return new Snapshot(where, channel, identity, header, index, key);
        } catch (AEADBadTagException e) {
            throw damaged(where, "its index is changed");
        }
    }

    /** Which file this was read from. */
    public FileIdentity identity() {
        return identity;
    }

    /** Names with a current value, in order. */
    public List<SecretPath> names() {
        return index.secrets().entrySet().stream()
                .filter(secret -> secret.getValue().newest() instanceof Entry.Stored)
                .map(secret -> secret.getKey())
                .toList();
    }

    /** The current version; empty for a name that was never set, or deleted. */
    public Optional<Version> current(SecretPath name) {
        return Optional.ofNullable(index.secrets().get(name))
                .map(history -> history.newest().version())
                .filter(version -> version.kind() == Version.Kind.VALUE);
    }

    /** All versions that are known, newest first; empty for a name that was never set. */
    public List<Version> history(SecretPath name) {
        return Optional.ofNullable(index.secrets().get(name))
                .map(history -> history.entries().reversed().stream()
                        .map(Entry::version)
                        .toList())
                .orElse(List.of());
    }

    /**
     * Decrypts one value.
     *
     * @return empty if there is no value of this number (any more)
     * @throws VaultException if the file is damaged there
     */
    public Optional<SecretBytes> read(SecretPath name, long number) {
        var history = index.secrets().get(name);
        if (history == null) {
            return Optional.empty();
        }
        return history.entries().stream()
                .filter(entry -> entry.number() == number && entry instanceof Entry.Stored)
                .map(entry -> decrypt(name, (Entry.Stored) entry))
                .findFirst();
    }

    private SecretBytes decrypt(SecretPath name, Entry.Stored stored) {
        try {
            byte[] sealed = readAt(channel, stored.offset(), stored.length(), where);
            byte[] place = Seal.place(header.vaultId(), name, stored.number());
            return Seal.openValue(key.values(), stored.nonce(), place, sealed);
        } catch (AEADBadTagException e) {
            throw damaged(where, "version " + stored.number() + " of " + name + " is changed");
        } catch (IOException e) {
            throw new VaultException(Reason.UNREADABLE, "the vault can't be read", where, "", e);
        }
    }

    VaultHeader header() {
        return header;
    }

    VaultIndex index() {
        return index;
    }

    VaultKey key() {
        return key;
    }

    /** Copies a sealed value as it is, to where {@code out} stands. */
    void copyTo(FileChannel out, long offset, int length) throws IOException {
        long from = offset;
        long end = offset + length;
        while (from < end) {
            long copied = channel.transferTo(from, end - from, out);
            if (copied <= 0) {
                throw damaged(where, "it was cut short while it was read");
            }
            from += copied;
        }
    }

    private static byte[] readAt(FileChannel channel, long offset, int length, String where) throws IOException {
        if (offset + length > channel.size()) {
            throw damaged(where, "it is cut short");
        }
        var buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw damaged(where, "it is cut short");
            }
        }
        return buffer.array();
    }

    static VaultException absent(Path file, NoSuchFileException cause) {
        return new VaultException(
                Reason.ABSENT, "there is no vault", file.toString(), "make one: dso secret init", cause);
    }

    private static VaultException damaged(String where, String how) {
        return new VaultException(Reason.DAMAGED, "the vault is damaged: " + how, where, "restore it from a backup");
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // never seen on a file that was only read
        }
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }
}
