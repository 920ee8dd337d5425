package io.dso.agent.provider;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * One provider's files on RAM:
 *
 * <pre>
 * providers/           0711  the agent's; nobody else can put or swap anything here
 *   NAME.json          0640  the configuration: the agent writes, the provider's group reads
 *   NAME.pid                 who it is, should the agent be killed
 *   NAME/              0700  the provider's own, where its socket is: only it and root get through
 *     sock
 * </pre>
 *
 * The agent, as root, never follows a name inside a directory that a provider can write to: it makes and removes entries
 * there by name, which follows no link, and asks who it is that listens before it says a word.
 */
final class Quarters {
    private static final Logger LOG = Logger.getLogger(Quarters.class);
    private static final Set<StandardOpenOption> NEW_FILE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private final Path directory;
    private final String provider;

    Quarters(Path directory, String provider) {
        this.directory = directory;
        this.provider = provider;
    }

    /** Where it listens. */
    Path socket() {
        return own().resolve("sock");
    }

    Path config() {
        return directory.resolve(provider + ".json");
    }

    /** Remembers its process. */
    Path note() {
        return directory.resolve(provider + ".pid");
    }

    private Path own() {
        return directory.resolve(provider);
    }

    /** Makes everything ready for a process that runs as this user, with nothing left from the last one. */
    void prepare(Confinement confinement, String configJson) throws IOException {
        removeSocket();
        if (!Files.isDirectory(own())) {
            Files.createDirectory(
                    own(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        if (confinement.isAnotherUser()) {
            Files.setAttribute(own(), "unix:gid", confinement.user());
            Files.setAttribute(own(), "unix:uid", confinement.user());
        }
        write(confinement, configJson);
    }

    private void write(Confinement confinement, String configJson) throws IOException {
        var fresh = directory.resolve(provider + ".json.new");
        Files.deleteIfExists(fresh);
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var file = Files.newByteChannel(fresh, NEW_FILE, mode)) {
            var json = ByteBuffer.wrap(configJson.getBytes(StandardCharsets.UTF_8));
            while (json.hasRemaining()) {
                file.write(json);
            }
        }
        if (confinement.isAnotherUser()) {
            Files.setAttribute(fresh, "unix:gid", confinement.user());
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r-----"));
        }
        Files.move(fresh, config(), StandardCopyOption.ATOMIC_MOVE);
    }

    private void removeSocket() throws IOException {
        Files.deleteIfExists(socket());
        Files.deleteIfExists(Objects.requireNonNull(socket().getParent()).resolve("sock.lock"));
    }

    /** Removes it all. What a provider put beside its socket stays, and is said. */
    void remove() throws IOException {
        removeSocket();
        Files.deleteIfExists(config());
        Files.deleteIfExists(note());
        try {
            Files.deleteIfExists(own());
        } catch (DirectoryNotEmptyException e) {
            LOG.warnf("provider=%s left files in %s", provider, own());
        }
    }
}
