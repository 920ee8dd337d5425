package io.dso.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What it was measured on, in a sentence. */
final class Machine {
    private Machine() {}

    static String text() {
        int cores = Runtime.getRuntime().availableProcessors();
        double gibibytes = Double.parseDouble(field("/proc/meminfo", "MemTotal").replaceAll("[^0-9]", "")) / (1 << 20);
        return String.format(
                Locale.ROOT,
                "%d cores %s, %.0f GiB, Linux %s, load %s when it began",
                cores,
                field("/proc/cpuinfo", "model name"),
                gibibytes,
                System.getProperty("os.version").replaceFirst("-.*", ""),
                read("/proc/loadavg").split(" ")[0]);
    }

    private static String field(String file, String name) {
        return read(file)
                .lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("?");
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
