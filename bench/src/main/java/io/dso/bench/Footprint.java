package io.dso.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process takes, from /proc.
 *
 * @param rss resident memory in MiB
 * @param cpu time on a core since its start, in seconds; the kernel counts in steps of 10 ms
 */
record Footprint(double rss, double cpu) {
    private static final double TICKS_A_SECOND = 100;

    static Footprint of(long pid) {
        try {
            var process = Path.of("/proc", Long.toString(pid));
            double kibibytes = Files.readAllLines(process.resolve("status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
                    .sum();
            var stat = Files.readString(process.resolve("stat"));
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            double ticks = Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
            return new Footprint(kibibytes / 1024, ticks / TICKS_A_SECOND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
