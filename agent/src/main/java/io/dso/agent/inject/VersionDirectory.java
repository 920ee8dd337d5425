package io.dso.agent.inject;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.render.RenderedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One mount's directory: holds whole versions side by side, shows one of them, and switches all files at once.
 *
 * <pre>
 *   ..v6/db_password      a version: complete before it is shown, never changed afterwards
 *   ..v7/db_password
 *   ..data -> ..v7        what is shown; replaced by one rename
 *   db_password -> ..data/db_password
 * </pre>
 *
 * A reader who opens {@code db_password} sees all of the old or all of the new version. The order of a switch:
 *
 * <ol>
 *   <li>write {@code ..new}, with owner and mode, and rename it to {@code ..vN}
 *   <li>rename a new {@code ..data} link over the old one
 *   <li>make links for new names (they would dangle before)
 *   <li>remove links of dropped names
 * </ol>
 *
 * Old versions stay until {@link #prune}; the time of the last change of one is when it was shown last. After a kill at any
 * point, doing it again completes it. Not thread-safe.
 */
public final class VersionDirectory {
    private static final String DATA = "..data";
    private static final String DATA_NEW = "..data_new";
    private static final String NEW = "..new";
    private static final String VERSION = "..v";

    private final Path directory;

    public VersionDirectory(Path directory) {
        this.directory = directory;
    }

    /** Writes a version and shows it. */
    public void publish(int version, RenderedFiles files, Bundle.Owner owner, int mode) throws IOException {
        write(version, files, owner, mode);
        show(version);
    }

    private void write(int version, RenderedFiles files, Bundle.Owner owner, int mode) throws IOException { // 1
        if (has(version)) {
            return;
        }
        var target = directory.resolve(NEW);
        VolumeRoot.removeTree(target); // what a kill left half written
        Files.createDirectory(target);
        Files.setPosixFilePermissions(target, permissions(0755)); // whatever our umask is
        for (var name : files.names()) {
            var file = target.resolve(name);
            try (var channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(permissions(0600)))) {
                var content = ByteBuffer.wrap(files.content(name));
                while (content.hasRemaining()) {
                    channel.write(content);
                }
            }
            if (owner.uid() != 0 || owner.gid() != 0) {
                Files.setAttribute(file, "unix:uid", owner.uid(), LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(file, "unix:gid", owner.gid(), LinkOption.NOFOLLOW_LINKS);
            }
            Files.setPosixFilePermissions(file, permissions(mode));
        }
        Files.move(target, directory.resolve(name(version)), StandardCopyOption.ATOMIC_MOVE); // now it is complete
    }

    /**
     * Shows a version that was written before.
     *
     * @throws java.nio.file.NoSuchFileException if it is not there
     */
    public void show(int version) throws IOException {
        var names = list(directory.resolve(name(version)));
        var old = shown();
        if (old.isPresent() && has(old.get())) { // its last readers are on their way
            Files.setLastModifiedTime(directory.resolve(name(old.get())), FileTime.from(Instant.now()));
        }
        var fresh = directory.resolve(DATA_NEW);
        Files.deleteIfExists(fresh);
        Files.createSymbolicLink(fresh, Path.of(name(version)));
        Files.move(fresh, directory.resolve(DATA), StandardCopyOption.ATOMIC_MOVE); // 2
        for (var name : names) { // 3
            var link = directory.resolve(name);
            if (!Files.isSymbolicLink(link)) {
                Files.createSymbolicLink(link, Path.of(DATA, name));
            }
        }
        for (var name : list(directory)) { // 4
            if (!name.startsWith("..") && !names.contains(name)) {
                Files.deleteIfExists(directory.resolve(name));
            }
        }
    }

    /** True if the version was written here, completely, and is still kept. */
    public boolean has(int version) {
        return Files.isDirectory(directory.resolve(name(version)), LinkOption.NOFOLLOW_LINKS);
    }

    /** Reads a version back into memory. The caller closes it. */
    public RenderedFiles read(int version) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        var source = directory.resolve(name(version));
        try {
            for (var name : list(source)) {
                files.put(name, Files.readAllBytes(source.resolve(name)));
            }
        } catch (IOException e) {
            new RenderedFiles(files).close(); // wiped
            throw e;
        }
        return new RenderedFiles(files);
    }

    /** True if what a reader would see now is exactly these files. */
    public boolean shows(RenderedFiles files) throws IOException {
        for (var name : files.names()) {
            byte[] seen = Files.readAllBytes(directory.resolve(name));
            boolean same = MessageDigest.isEqual(seen, files.content(name));
            Arrays.fill(seen, (byte) 0);
            if (!same) {
                return false;
            }
        }
        return true;
    }

    /** Removes the versions that aren't shown and weren't since {@code since}: a reader may still be inside one. */
    public void prune(Instant since) throws IOException {
        var shown = shown().map(VersionDirectory::name);
        for (var name : list(directory)) {
            var version = directory.resolve(name);
            if ((name.startsWith(VERSION) || name.equals(NEW))
                    && !shown.equals(Optional.of(name))
                    && Files.getLastModifiedTime(version).toInstant().isBefore(since)) {
                VolumeRoot.removeTree(version);
            }
        }
    }

    /** The version that is shown; empty before the first one. */
    public Optional<Integer> shown() throws IOException {
        var data = directory.resolve(DATA);
        if (!Files.isSymbolicLink(data)) {
            return Optional.empty();
        }
        var name = Files.readSymbolicLink(data).toString();
        return Optional.of(Integer.valueOf(name.substring(VERSION.length())));
    }

    private static Set<String> list(Path directory) throws IOException {
        var names = new TreeSet<String>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        }
        return names;
    }

    private static String name(int version) {
        return VERSION + version;
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        // The enum runs from OWNER_READ (0400) to OTHERS_EXECUTE (0001).
        var set = EnumSet.noneOf(PosixFilePermission.class);
        for (var permission : PosixFilePermission.values()) {
            if ((mode & (0400 >> permission.ordinal())) != 0) {
                set.add(permission);
            }
        }
        return set;
    }
}
