package io.dso.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Objects;

/** What {@code ./test} tells the tests. */
final class Settings {
    private Settings() {}

    /** The installed DSO: {@code bin/}, {@code libexec/}, {@code etc/}. */
    static Path home() {
        return Path.of(property("dso.e2e.home"));
    }

    static String dockerHost() {
        return property("dso.e2e.docker-host");
    }

    /** A scratch folder; {@code ./test} removes it. */
    static Path work() {
        return Path.of(property("dso.e2e.work"));
    }

    /** Logs stay here for whoever looks for the cause of a failure. */
    static Path logs() {
        return Path.of("target", "e2e-logs").toAbsolutePath();
    }

    /** Where a program of a server is; skips the test with the reason if there is none. */
    static Path program(String name) {
        var found = System.getenv("DSO_TEST_" + name);
        assumeTrue(found != null, name + ": " + System.getenv("DSO_TEST_" + name + "_MISSING"));
        return Path.of(Objects.requireNonNull(found));
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String property(String name) {
        var value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("system property " + name + " is not set: run ./test");
        }
        return value;
    }
}
