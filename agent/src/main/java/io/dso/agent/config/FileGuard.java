package io.dso.agent.config;

import static io.dso.agent.problem.ProblemId.CONFIG_TOO_OPEN;
import static io.dso.agent.problem.ProblemId.CONFIG_UNREADABLE;

import io.dso.transport.Peer;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Lets the bytes of a configuration file through only if nobody but root, or the agent's own user, can have written
 * them and not everybody can read them. The file may be a symbolic link; what counts is what it leads to.
 */
final class FileGuard {
    static final int MAX_BYTES = 1 << 20;
    private static final int ALLOWED_BITS = 0640;
    private static final int TYPE_BITS = 0170000;
    private static final int REGULAR = 0100000;

    private final Path file;
    private final Mistakes mistakes;

    FileGuard(Path file, Mistakes mistakes) {
        this.file = file;
        this.mistakes = mistakes;
    }

    /** What a look at the inode says; two equal looks before and after reading mean that nobody wrote meanwhile. */
    private record Look(int mode, int uid, long size, Object inode, Object changed) {
        static Look at(Path file) throws IOException {
            Map<String, Object> all = Files.readAttributes(file, "unix:mode,uid,size,ino,ctime");
            return new Look(
                    (Integer) value(all, "mode"),
                    (Integer) value(all, "uid"),
                    (Long) value(all, "size"),
                    value(all, "ino"),
                    value(all, "ctime"));
        }

        private static Object value(Map<String, Object> all, String name) {
            return Objects.requireNonNull(all.get(name));
        }
    }

    Optional<byte[]> bytes() {
        try {
            var before = Look.at(file);
            if (!trusted(before)) {
                return Optional.empty();
            }
            byte[] bytes = read();
            if (bytes.length > MAX_BYTES) {
                mistakes.add(CONFIG_UNREADABLE, "the configuration is larger than 1 MiB", "make it smaller");
                return Optional.empty();
            }
            if (!Look.at(file).equals(before)) {
                mistakes.add(CONFIG_UNREADABLE, "the configuration changed while it was read", "load it again");
                return Optional.empty();
            }
            return Optional.of(bytes);
        } catch (NoSuchFileException e) {
            mistakes.add(CONFIG_UNREADABLE, "there is no configuration file", "write one, or name another by --config");
        } catch (AccessDeniedException e) {
            mistakes.add(CONFIG_UNREADABLE, "the agent may not read the configuration", "chown root " + file);
        } catch (IOException e) {
            mistakes.add(CONFIG_UNREADABLE, "the configuration can't be read: " + e.getMessage(), "");
        }
        return Optional.empty();
    }

    private byte[] read() throws IOException {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_BYTES + 1);
        }
    }

    private boolean trusted(Look look) {
        int before = mistakes.count();
        if ((look.mode() & TYPE_BITS) != REGULAR) {
            mistakes.add(CONFIG_UNREADABLE, "the configuration is not a regular file", "name a file by --config");
            return false;
        }
        if (look.uid() != 0 && look.uid() != Peer.self().uid()) {
            mistakes.add(
                    CONFIG_TOO_OPEN,
                    "the configuration belongs to uid " + look.uid() + ", who may change what is granted to whom",
                    "chown root " + file);
        }
        int bits = look.mode() & 07777;
        if ((bits & ~ALLOWED_BITS) != 0) {
            mistakes.add(
                    CONFIG_TOO_OPEN,
                    "the configuration has mode %04o, only 0600 and 0640 are safe".formatted(bits),
                    "chmod 0640 " + file);
        }
        return mistakes.count() == before;
    }
}
