package io.dso.agent.inject;

import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.Problem;
import io.dso.agent.problem.ProblemId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The RAM all volumes live on, one directory a mount: {@code <root>/<volume>/<mount id>}.
 *
 * <p>The agent mounts a tmpfs of its own there if it may, and never unmounts it: running containers keep their files
 * while the agent is down.
 */
public final class VolumeRoot {
    private static final Logger LOG = Logger.getLogger(VolumeRoot.class);
    private static final Set<String> RAM = Set.of("tmpfs", "ramfs");

    private final Path root;
    private final MountTable.Entry ram;

    private VolumeRoot(Path root, MountTable.Entry ram) {
        this.root = root;
        this.ram = ram;
    }

    /**
     * Makes sure that the directory is on RAM.
     *
     * @param size the most bytes all volumes may take together
     * @throws DsoException (TARGET_NOT_RAM) if it is on a disk and no tmpfs can be mounted
     */
    public static VolumeRoot prepare(Path directory, long size) {
        try {
            Files.createDirectories(directory);
            var root = directory.toRealPath();
            if (!isMountPoint(root)) {
                mountTmpfs(root, size);
            }
            var holding = MountTable.own()
                    .holding(root)
                    .filter(entry -> RAM.contains(entry.type()))
                    .orElseThrow(() -> new DsoException(new Problem(
                            ProblemId.TARGET_NOT_RAM,
                            "the directory for volumes is on disk, and a tmpfs can't be mounted there",
                            root.toString(),
                            "run the agent with CAP_SYS_ADMIN, or put its run directory on a tmpfs")));
            if (holding.type().equals("tmpfs") && !holding.options().contains("noswap") && swapIsOn()) {
                LOG.warnf("volumes may be swapped to disk: the kernel has no noswap or it is not set, and swap is on");
            }
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x--x"));
            return new VolumeRoot(root, holding);
        } catch (IOException e) {
            throw new DsoException(
                    new Problem(
                            ProblemId.RUN_DIRECTORY,
                            "the directory for volumes can't be made",
                            directory.toString(),
                            "let the agent's user write there"),
                    e);
        }
    }

    private static boolean isMountPoint(Path root) throws IOException {
        return MountTable.own()
                .holding(root)
                .filter(entry -> entry.point().equals(root.toString()))
                .isPresent();
    }

    /** By mount(8), which every host has: first with noswap (kernel 6.4), else without. A failure shows in the check. */
    private static void mountTmpfs(Path root, long size) throws IOException {
        var options = "mode=0711,nosuid,nodev,noexec,size=" + size;
        for (var candidate : List.of(options + ",noswap", options)) {
            var mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", candidate, "dso-volumes", root.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                if (!mount.waitFor(5, TimeUnit.SECONDS)) {
                    mount.destroyForcibly();
                } else if (mount.exitValue() == 0) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static boolean swapIsOn() throws IOException {
        return Files.exists(Path.of("/proc/swaps"))
                && Files.readAllLines(Path.of("/proc/swaps")).size() > 1;
    }

    /** Where one mount's files are. */
    public Path directory(String volume, String mount) {
        return root.resolve(volume).resolve(mount);
    }

    /** What the engine shows as a volume's mount point while nobody has it mounted. */
    public Path directory(String volume) {
        return root.resolve(volume);
    }

    /** Makes the directory for one mount, empty: what an attempt left there that was killed is gone. */
    public Path create(String volume, String mount) throws IOException {
        remove(volume, mount);
        var directory = directory(volume, mount);
        Files.createDirectories(directory);
        // Whatever our umask is. Who isn't root can't list mounts, whose names nobody guesses: the files are for
        // containers.
        Files.setPosixFilePermissions(directory(volume), PosixFilePermissions.fromString("rwx--x--x"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        return directory;
    }

    /**
     * A mount's directory, as it is found.
     *
     * @param changed when something was last made or removed in it
     */
    public record Found(String volume, String mount, Instant changed) {}

    /** The directories of all mounts, whether or not anybody knows of them. */
    public List<Found> found() throws IOException {
        try (var entries = Files.walk(root, 2)) {
            var found = new ArrayList<Found>();
            for (var path : (Iterable<Path>) entries::iterator) {
                var names = root.relativize(path);
                if (names.getNameCount() == 2 && Files.isDirectory(path)) {
                    found.add(new Found(
                            names.getName(0).toString(),
                            names.getName(1).toString(),
                            Files.getLastModifiedTime(path).toInstant()));
                }
            }
            return found;
        } catch (UncheckedIOException | NoSuchFileException e) {
            return List.of(); // one went meanwhile: the next look is soon enough
        }
    }

    /** Removes one mount's directory with all that is in it. Nothing happens if it is not there. */
    public void remove(String volume, String mount) throws IOException {
        removeTree(directory(volume, mount));
    }

    /** Removes a volume's directory. */
    public void remove(String volume) throws IOException {
        removeTree(directory(volume));
    }

    /** Which of our mounts a container has, by its first process (docs/engine.md F20). Names of mounts, not of volumes. */
    public Set<String> mountsOf(long pid) throws IOException {
        var prefix = (ram.point().equals("/") ? root : Path.of(ram.point()).relativize(root));
        var ours = Path.of(ram.root()).resolve(prefix).toString();
        var below = ours.endsWith("/") ? ours : ours + "/";
        return MountTable.of(pid).entries().stream()
                .filter(entry -> entry.device().equals(ram.device()))
                .map(MountTable.Entry::root)
                .filter(path -> path.startsWith(below))
                .map(path -> path.substring(below.length()).split("/", -1))
                .filter(names -> names.length == 2)
                .map(names -> names[1])
                .collect(Collectors.toSet());
    }

    /** True if some process on this host has a mount: then its container runs. Looks at every process. */
    public boolean held(String mount) throws IOException {
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var process : processes) {
                if (has(Long.parseLong(process.getFileName().toString()), mount)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean has(long pid, String mount) {
        try {
            return mountsOf(pid).contains(mount);
        } catch (IOException e) {
            return false; // it ended, and waits for its parent
        }
    }

    static void removeTree(Path tree) throws IOException {
        if (!Files.isDirectory(tree, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @org.jspecify.annotations.Nullable IOException e)
                    throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** For messages. */
    @Override
    public String toString() {
        return root.toString();
    }
}
