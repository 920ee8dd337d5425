package io.dso.bench;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code bench/run} says.
 *
 * @param kind which executables
 * @param home the installed DSO
 * @param dockerSocket the engine's
 * @param work a scratch folder on disk, removed by {@code bench/run}
 * @param ram the same on a tmpfs
 * @param stopwatch the static program
 * @param samples where the CSV files go
 * @param rounds container starts of each sort
 */
record Setup(
        Kind kind,
        Path home,
        Path dockerSocket,
        Path work,
        Path ram,
        Path stopwatch,
        Path samples,
        Path report,
        int rounds,
        String only) {

    enum Kind {
        NATIVE,
        JVM;

        String text() {
            return this == NATIVE ? "native" : "JVM";
        }

        /** The budget of this kind. */
        double pick(double ofNative, double ofJvm) {
            return this == NATIVE ? ofNative : ofJvm;
        }
    }

    static Setup read(Map<Object, Object> properties) {
        return new Setup(
                Kind.valueOf(value(properties, "kind").toUpperCase(Locale.ROOT)),
                Path.of(value(properties, "home")),
                Path.of(value(properties, "docker-host").replaceFirst("^unix://", "")),
                Path.of(value(properties, "work")),
                Path.of(value(properties, "ram")),
                Path.of(value(properties, "stopwatch")),
                Path.of(value(properties, "samples")),
                Path.of(value(properties, "report")),
                Integer.parseInt(value(properties, "rounds")),
                value(properties, "only"));
    }

    private static String value(Map<Object, Object> properties, String name) {
        var value = properties.get("bench." + name);
        if (value == null) {
            throw new IllegalArgumentException("system property bench." + name + " is not set: run bench/run");
        }
        return value.toString();
    }
}
