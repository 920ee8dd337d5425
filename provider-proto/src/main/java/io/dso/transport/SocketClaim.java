package io.dso.transport;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The right to listen on a socket path, held from before bind until after close, so that a process that starts never
 * takes the path from one that lives, and a socket file that a killed process left behind is never in the way.
 *
 * <ol>
 *   <li>A lock on a file beside the socket. The kernel drops it with the process, however that ends. The file stays:
 *       removing it would let two processes hold locks on two files of one name.
 *   <li>A listener that doesn't know our lock file is found by connecting.
 *   <li>Only then is the stale socket removed.
 * </ol>
 */
public final class SocketClaim implements AutoCloseable {
    private static final Set<StandardOpenOption> LOCK_OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);

    private final Path socket;
    private final FileLock lock;

    private SocketClaim(Path socket, FileLock lock) {
        this.socket = socket;
        this.lock = lock;
    }

    /** Claims a socket with the lock file {@code SOCKET.lock}. */
    public static SocketClaim of(Path socket) throws IOException {
        return of(socket, Path.of(socket + ".lock"));
    }

    /**
     * Claims a socket.
     *
     * @param socket where somebody is going to listen; its directory exists
     * @param lockFile the same one for everybody who claims this socket; made with mode 0600
     * @throws SocketInUseException if a live process has it
     * @throws IOException if the path is something other than a socket, or can't be used
     */
    public static SocketClaim of(Path socket, Path lockFile) throws IOException {
        var file = FileChannel.open(
                lockFile,
                LOCK_OPTIONS,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            var lock = tryLock(file); // 1
            if (lock == null) {
                throw new SocketInUseException(socket, "another process holds " + lockFile);
            }
            removeStale(socket);
            return new SocketClaim(socket, lock);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this very process
        }
    }

    private static void removeStale(Path socket) throws IOException {
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException(socket + " is not a socket");
        }
        if (answers(socket)) { // 2
            throw new SocketInUseException(socket, "another process listens on it");
        }
        Files.deleteIfExists(socket); // 3
    }

    private static boolean answers(Path socket) {
        try (var ignored = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Removes the socket file, if it is still there, and gives the path free. Idempotent. */
    @Override
    public void close() throws IOException {
        if (!lock.isValid()) {
            return;
        }
        try (var file = lock.acquiredBy()) {
            Files.deleteIfExists(socket);
        }
    }
}
