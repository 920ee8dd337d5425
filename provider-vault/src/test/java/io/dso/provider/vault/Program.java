package io.dso.provider.vault;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Programs of real servers. */
final class Program {
    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(30);

    /** Where {@code ./test} found a server's program; the test is skipped with the reason if it didn't. */
    static Path installed(String name) {
        var found = System.getenv("DSO_TEST_" + name);
        var why = System.getenv("DSO_TEST_" + name + "_MISSING");
        assumeTrue(found != null, name + ": " + (why == null ? "run ./test, which finds or fetches it" : why));
        return Path.of(Objects.requireNonNull(found));
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command to its end. */
    static String run(List<String> command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(command + " ended with " + process.exitValue() + ": " + output);
            }
            return output.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for what another process does. */
    static void await(String what, Callable<Boolean> condition) {
        long end = System.nanoTime() + LONGEST_WAIT;
        Throwable last = new IllegalStateException("it isn't so");
        while (System.nanoTime() < end) {
            try {
                if (condition.call()) {
                    return;
                }
            } catch (Exception | AssertionError e) {
                last = e;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        throw new AssertionError(what + ": not within " + TimeUnit.NANOSECONDS.toSeconds(LONGEST_WAIT) + " s", last);
    }

    static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Program() {}
}
