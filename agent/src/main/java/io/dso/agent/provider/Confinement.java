package io.dso.agent.provider;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a provider's process is denied, by tools that set it and then become the process: new privileges, core dumps
 * (they would put values on disk) and more open files than it needs. Where a tool isn't there, so isn't its limit.
 */
final class Confinement {
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

    /** What goes before the command. */
    static List<String> prefix() {
        var prefix = new ArrayList<String>();
        if (Files.isExecutable(SETPRIV)) {
            prefix.addAll(List.of(SETPRIV.toString(), "--no-new-privs", "--"));
        }
        if (Files.isExecutable(PRLIMIT)) {
            prefix.addAll(List.of(PRLIMIT.toString(), "--core=0", "--nofile=1024", "--"));
        }
        return List.copyOf(prefix);
    }

    private Confinement() {}
}
