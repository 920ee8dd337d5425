package io.dso.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;

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
