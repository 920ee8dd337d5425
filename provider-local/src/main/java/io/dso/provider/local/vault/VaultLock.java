package io.dso.provider.local.vault;

import io.dso.provider.local.vault.VaultException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The right to write a vault: a lock on the file {@code NAME.lock} beside it, which stays. The kernel lets go of it when
 * its holder dies. Readers need none.
 */
final class VaultLock implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final FileChannel channel;

    private VaultLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws VaultException if another thread or process holds it for all of {@code patience} */
    static VaultLock acquire(Path vault, Duration patience) {
        var file = vault.resolveSibling(vault.getFileName() + ".lock");
        try {
            var channel = open(file, vault);
            boolean held = false;
            try {
                long end = System.nanoTime() + patience.toNanos();
                while (tryLock(channel) == null) {
                    if (System.nanoTime() - end > 0 || Thread.currentThread().isInterrupted()) {
                        throw new VaultException(
                                Reason.LOCKED,
                                "another process has been writing the vault for " + patience.toSeconds() + " s",
                                file.toString(),
                                "try again; fuser " + file + " shows who it is");
                    }
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
                held = true;
            } finally {
                if (!held) {
                    channel.close();
                }
            }
            return new VaultLock(channel);
        } catch (IOException e) {
            throw Replacement.refused("the vault can't be locked", file, e);
        }
    }

    private static FileChannel open(Path file, Path vault) throws IOException {
        boolean fresh = !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        var options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        var channel = FileChannel.open(
                file, options, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        if (fresh && Files.exists(vault)) {
            FileOwner.of(vault).giveTo(file); // so that whoever may write the vault may lock it
        }
        return channel;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another thread of this process
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
