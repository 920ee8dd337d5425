package io.dso.provider.tck;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** What a process writes, kept in memory alone, the first MiB of it. Always read, so that the process never waits. */
final class Output {
    private static final int MOST = 1 << 20;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final Thread reader;

    Output(InputStream in) {
        // not virtual: reading a pipe blocks the thread below
        reader = Thread.ofPlatform().name("output").daemon().start(() -> read(in));
    }

    private void read(InputStream in) {
        var buffer = new byte[8192];
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                keep(buffer, count);
            }
        } catch (IOException e) {
            // It ended.
        }
    }

    private synchronized void keep(byte[] bytes, int count) {
        kept.write(bytes, 0, Math.min(count, MOST - kept.size()));
    }

    /** All of it, once the process has ended. */
    byte[] whole() throws InterruptedException {
        reader.join(Duration.ofSeconds(2)); // longer, only if a child has the stream
        synchronized (this) {
            return kept.toByteArray();
        }
    }

    /** The last line that isn't empty, once the process has ended. */
    String lastLine() throws InterruptedException {
        List<String> lines = new String(whole(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        return lines.isEmpty() ? "" : lines.getLast();
    }
}
