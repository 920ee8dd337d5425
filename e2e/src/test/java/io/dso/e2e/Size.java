package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What an agent and its providers take at one moment, process by process. */
record Size(List<Process> processes) {
    /** A JVM still fills its heap. What is lost at each of a hundred polls shows all the same. */
    private static final long MOST_KIBIBYTES = 48 << 10;

    private static final long MOST_FILES = 4;
    private static final long MOST_THREADS = 8;

    record Process(long pid, long files, long threads, long kibibytes) {}

    static Size of(Agent agent) {
        return new Size(
                Stream.concat(Stream.of(agent.pid()), agent.providerProcesses().map(ProcessHandle::pid))
                        .sorted()
                        .map(Size::of)
                        .toList());
    }

    private static Process of(long pid) {
        var proc = Path.of("/proc", Long.toString(pid));
        try (var files = Files.list(proc.resolve("fd"))) {
            return new Process(pid, files.count(), number(proc, "Threads"), number(proc, "VmRSS"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long number(Path proc, String name) throws IOException {
        return Files.readAllLines(proc.resolve("status")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    void assertNotGrownSince(Size before) {
        assertThat(processes)
                .extracting(Process::pid)
                .isEqualTo(before.processes.stream().map(Process::pid).toList());
        for (int i = 0; i < processes.size(); i++) {
            var old = before.processes.get(i);
            assertThat(processes.get(i)).as("was " + old).satisfies(now -> {
                assertThat(now.files()).isLessThanOrEqualTo(old.files() + MOST_FILES);
                assertThat(now.threads()).isLessThanOrEqualTo(old.threads() + MOST_THREADS);
                assertThat(now.kibibytes()).isLessThanOrEqualTo(old.kibibytes() + MOST_KIBIBYTES);
            });
        }
    }
}
