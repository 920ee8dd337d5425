package io.dso.agent;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the agent was called. A flag wins over its environment variable.
 *
 * @param mode what to do
 * @param config the configuration file
 * @param runDirectory for sockets, journal and volumes
 * @param stateDirectory for the table of volumes, which has to outlive a boot
 * @param driverSocket the engine's way to the volume driver; its name is the driver's name
 * @param healthHost where health and metrics are served
 * @param healthPort as above
 * @param dockerHost the engine
 */
record Options(
        Mode mode,
        Path config,
        Path runDirectory,
        Path stateDirectory,
        Path driverSocket,
        String healthHost,
        int healthPort,
        String dockerHost) {

    static final String USAGE = """
            usage: dso-agent [--config FILE] [--validate]
              --config FILE          configuration (default /etc/dso/dso.yaml; DSO_CONFIG)
              --validate             check the configuration and end: 0 good, 65 bad, a line of JSON a mistake
              --run-dir DIR          sockets, journal, volumes (default /run/dso; DSO_RUN_DIR)
              --state-dir DIR        table of volumes (default /var/lib/dso, or the run directory if that is given; DSO_STATE_DIR)
              --driver-socket FILE   volume driver, named after the file (default /run/docker/plugins/dso.sock; DSO_DRIVER_SOCKET)
              --health-address A:P   health and metrics (default 127.0.0.1:9470; DSO_HEALTH_ADDRESS)
            The engine is the one of DOCKER_HOST (default unix:///var/run/docker.sock).
            """;

    private static final Set<String> FLAGS =
            Set.of("config", "run-dir", "state-dir", "driver-socket", "health-address");

    /** What to do. */
    enum Mode {
        RUN,
        VALIDATE,
        HELP
    }

    /**
     * Reads flags and environment.
     *
     * @throws IllegalArgumentException with a sentence for the caller
     */
    static Options parse(List<String> arguments, Map<String, String> environment) {
        var mode = Mode.RUN;
        Map<String, String> flags = new HashMap<>();
        for (var at = arguments.iterator(); at.hasNext(); ) {
            var argument = at.next();
            switch (argument) {
                case "--validate" -> mode = Mode.VALIDATE;
                case "--help", "-h" -> mode = Mode.HELP;
                default -> {
                    int equals = argument.indexOf('=');
                    var name = equals < 0 ? argument : argument.substring(0, equals);
                    if (!name.startsWith("--") || !FLAGS.contains(name.substring(2))) {
                        throw new IllegalArgumentException("unknown argument " + name);
                    }
                    if (equals < 0 && !at.hasNext()) {
                        throw new IllegalArgumentException(name + " needs a value");
                    }
                    flags.put(name.substring(2), equals < 0 ? at.next() : argument.substring(equals + 1));
                }
            }
        }
        return from(mode, flags, environment);
    }

    private static Options from(Mode mode, Map<String, String> flags, Map<String, String> environment) {
        var run = value("run-dir", "DSO_RUN_DIR", flags, environment);
        var state = value("state-dir", "DSO_STATE_DIR", flags, environment);
        var runDirectory = absolute(Objects.requireNonNullElse(run, "/run/dso"));
        var health = Objects.requireNonNullElse(
                value("health-address", "DSO_HEALTH_ADDRESS", flags, environment), "127.0.0.1:9470");
        var address = URI.create("tcp://" + health);
        if (address.getHost() == null || address.getPort() < 0) {
            throw new IllegalArgumentException("the health address is HOST:PORT, not " + health);
        }
        return new Options(
                mode,
                absolute(or(value("config", "DSO_CONFIG", flags, environment), "/etc/dso/dso.yaml")),
                runDirectory,
                state != null ? absolute(state) : run != null ? runDirectory : Path.of("/var/lib/dso"),
                absolute(or(
                        value("driver-socket", "DSO_DRIVER_SOCKET", flags, environment),
                        "/run/docker/plugins/dso.sock")),
                address.getHost().replaceAll("[\\[\\]]", ""),
                address.getPort(),
                or(environment.get("DOCKER_HOST"), "unix:///var/run/docker.sock"));
    }

    private static @Nullable String value(
            String flag, String variable, Map<String, String> flags, Map<String, String> environment) {
        return flags.containsKey(flag) ? flags.get(flag) : environment.get(variable);
    }

    private static String or(@Nullable String text, String otherwise) {
        return text == null || text.isEmpty() ? otherwise : text;
    }

    private static Path absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }

    /** The name the engine knows our volume driver by. */
    String driver() {
        return driverSocket.getFileName().toString().replaceFirst("\\.sock$", "");
    }
}
