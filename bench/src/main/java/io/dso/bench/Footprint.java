package io.dso.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process takes, from /proc.
 *
 * @param rss resident memory in MiB
 * @param anonymous the part of it that is nobody else's: not a page of a file that the kernel can drop and read again
 * @param cpu time on a core since its start, in seconds; the kernel counts in steps of 10 ms
 */
record Footprint(double rss, double anonymous, double cpu) {
    private static final double TICKS_A_SECOND = 100;

    static Footprint of(long pid) {
        try {
            var process = Path.of("/proc", Long.toString(pid));
            var status = Files.readAllLines(process.resolve("status"));
            var stat = Files.readString(process.resolve("stat"));
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            double ticks = Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
            return new Footprint(mebibytes(status, "VmRSS:"), mebibytes(status, "RssAnon:"), ticks / TICKS_A_SECOND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double mebibytes(List<String> status, String field) {
        return status.stream()
                .filter(line -> line.startsWith(field))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .sum();
    }
}
