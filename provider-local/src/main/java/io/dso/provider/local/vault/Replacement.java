package io.dso.provider.local.vault;

import io.dso.provider.local.vault.VaultException.Reason;
import io.dso.transport.Peer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/**
 * Replaces a file so that a reader, and whoever looks after a crash, sees all of the old one or all of the new.
 *
 * <ol>
 *   <li>Write a new file beside it, with the old one's owner and mode.
 *   <li>Have the kernel write it out: a rename may otherwise reach the disk before the bytes do.
 *   <li>Rename it over the old one.
 *   <li>Have the directory written out: from here on the change survives a power cut.
 * </ol>
 *
 * The caller holds the {@link VaultLock}: what lies under the new file's name is left from a writer that died.
 */
final class Replacement {
    private Replacement() {}

    /** Writes the content. */
    interface Content {
        void writeTo(FileChannel out) throws IOException;
    }

    static void replace(Path file, Content content) {
        var fresh = file.resolveSibling("." + file.getFileName() + ".new");
        try {
            Files.deleteIfExists(fresh);
            boolean renamed = false;
            try {
                write(fresh, file, content); // 1, 2
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE); // 3
                renamed = true;
            } finally {
                if (!renamed) {
                    Files.deleteIfExists(fresh);
                }
            }
            sync(Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file is in a directory")); // 4
        } catch (IOException e) {
            throw refused("the vault can't be written", file, e);
        }
    }

    private static void write(Path fresh, Path old, Content content) throws IOException {
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var out = FileChannel.open(fresh, options, mode)) {
            content.writeTo(out);
            if (Files.exists(old)) {
                FileOwner.of(old).giveTo(fresh);
            }
            out.force(true);
        }
    }

    private static void sync(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** An error of the file system, told with the cause that it gives. */
    static VaultException refused(String what, Path file, IOException cause) {
        return switch (cause) {
            case AccessDeniedException _ ->
                new VaultException(
                        Reason.UNREADABLE,
                        what + ": permission denied",
                        file.toString(),
                        Peer.self().uid() == 0
                                ? "let root read it"
                                : "run as root or as the file's owner; this is user "
                                        + Peer.self().uid(),
                        cause);
            case NoSuchFileException _ ->
                new VaultException(
                        Reason.ABSENT,
                        what + ": there is no such directory",
                        file.toString(),
                        "mkdir -m 0700 -p " + file.toAbsolutePath().getParent(),
                        cause);
            default ->
                new VaultException(Reason.UNREADABLE, what + ": " + cause.getMessage(), file.toString(), "", cause);
        };
    }
}
