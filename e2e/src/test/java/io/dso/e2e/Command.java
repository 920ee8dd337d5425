package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A command with its arguments and an environment of its own (nothing of ours but PATH).
 *
 * @param limit when it is killed and the test fails
 */
record Command(List<String> line, Map<String, String> environment, byte[] stdin, Duration limit) {

    static Command of(String... line) {
        return new Command(List.of(line), Map.of(), new byte[0], Duration.ofSeconds(120));
    }

    Command with(Map<String, String> environment) {
        return new Command(line, environment, stdin, limit);
    }

    Command input(byte[] stdin) {
        return new Command(line, environment, stdin, limit);
    }

    Command within(Duration limit) {
        return new Command(line, environment, stdin, limit);
    }

    Outcome run() {
        try {
            var process = start(new ProcessBuilder());
            var stdout = read(process.getInputStream());
            var stderr = read(process.getErrorStream());
            feed(process);
            if (!process.waitFor(limit.toSeconds(), SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(this + " did not end within " + limit);
            }
            return new Outcome(toString(), process.exitValue(), stdout.join(), new String(stderr.join(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Starts it and doesn't wait; the builder says where its streams go. */
    Process start(ProcessBuilder builder) throws IOException {
        builder.command(line);
        var path = System.getenv("PATH");
        builder.environment().clear();
        builder.environment().put("PATH", path == null ? "/usr/sbin:/usr/bin:/sbin:/bin" : path);
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Ends a process that was started: orderly, or after 10 s in any case. */
    static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(10, SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void feed(Process process) {
        try (var to = process.getOutputStream()) {
            to.write(stdin);
        } catch (IOException e) {
            // It ended without reading; its exit code tells.
        }
    }

    private static CompletableFuture<byte[]> read(InputStream from) {
        var bytes = new CompletableFuture<byte[]>();
        Thread.ofVirtual().start(() -> {
            try (from) {
                bytes.complete(from.readAllBytes());
            } catch (IOException e) {
                bytes.complete(new byte[0]);
            }
        });
        return bytes;
    }

    @Override
    public String toString() {
        return String.join(" ", line);
    }
}
