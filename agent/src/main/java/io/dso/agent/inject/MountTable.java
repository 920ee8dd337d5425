package io.dso.agent.inject;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is mounted where, as one process sees it: /proc/PID/mountinfo (proc_pid_mountinfo(5)).
 *
 * @param entries in the kernel's order: a later one covers an earlier one
 */
public record MountTable(List<Entry> entries) {

    /**
     * One mount.
     *
     * @param device major:minor
     * @param root the directory of that file system which is mounted
     * @param point where
     * @param type of file system
     * @param options of the mount and of the file system, comma-separated
     */
    public record Entry(String device, String root, String point, String type, String options) {}

    /** Our own view. */
    public static MountTable own() throws IOException {
        return read(Path.of("/proc/self/mountinfo"));
    }

    /** The view of a process; empty if it is gone. */
    public static MountTable of(long pid) throws IOException {
        try {
            return read(Path.of("/proc/" + pid + "/mountinfo"));
        } catch (NoSuchFileException e) {
            return new MountTable(List.of());
        }
    }

    private static MountTable read(Path file) throws IOException {
        try {
            // Names are bytes to the kernel; those that aren't UTF-8 are nobody's we look for.
            return parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
        } catch (IOException e) {
            // A process that ends while it is read: ESRCH, EINVAL.
            if (e instanceof NoSuchFileException || Files.exists(file)) {
                throw e;
            }
            return new MountTable(List.of());
        }
    }

    static MountTable parse(List<String> lines) {
        var entries = new ArrayList<Entry>();
        for (var line : lines) {
            var fields = line.split(" ", -1);
            int separator = List.of(fields).indexOf("-");
            if (separator < 6 || fields.length < separator + 4) {
                continue; // not a line of a kernel that we know
            }
            entries.add(new Entry(
                    fields[2],
                    plain(fields[3]),
                    plain(fields[4]),
                    fields[separator + 1],
                    fields[5] + "," + fields[separator + 3]));
        }
        return new MountTable(List.copyOf(entries));
    }

    /** The kernel writes blanks, tabs, newlines and backslashes of names in octal. */
    private static String plain(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    /** The mount that holds a path: the last one with the longest matching mount point. */
    public Optional<Entry> holding(Path path) {
        Entry best = null;
        for (var entry : entries) {
            if (isUnder(path.toString(), entry.point())
                    && (best == null || entry.point().length() >= best.point().length())) {
                best = entry;
            }
        }
        return Optional.ofNullable(best);
    }

    /** By text: a name that is there may be one that this process's locale can't make a {@link Path} of. */
    private static boolean isUnder(String path, String point) {
        return point.equals("/") || path.equals(point) || path.startsWith(point + "/");
    }
}
