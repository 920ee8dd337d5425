package io.dso.agent;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where this agent is installed.
 *
 * @param directory holds {@code bin} and {@code libexec}
 */
record Home(Path directory) {

    /** {@code DSO_HOME}, which the JVM package's launcher sets, or else the folder above the executable's. */
    static Home of(Map<String, String> environment) {
        var said = environment.get("DSO_HOME");
        if (said != null && !said.isEmpty()) {
            return new Home(Path.of(said).toAbsolutePath().normalize());
        }
        var executable = ProcessHandle.current().info().command().orElse("/usr/bin/dso-agent");
        return new Home(Path.of(executable)
                .toAbsolutePath()
                .normalize()
                .resolve("../..")
                .normalize());
    }

    /** The executable of a kind of provider that comes with the agent. */
    Path provider(String kind) {
        return directory.resolve("libexec/dso/dso-provider-" + kind);
    }
}
