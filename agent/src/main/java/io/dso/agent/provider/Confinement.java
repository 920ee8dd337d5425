package io.dso.agent.provider;

import io.dso.agent.bundle.ProviderSpec.Launch;
import io.dso.transport.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a provider's process is denied, by tools that set it and then become the process:
 *
 * <ol>
 *   <li>when the agent is root, every user but its own, all groups and all capabilities;
 *   <li>new privileges: a setuid program gives it none;
 *   <li>core dumps, which would put values on disk, and more files, processes and memory than it needs. Memory is bounded
 *       by RLIMIT_DATA; RLIMIT_AS can't be much lower, since a native executable reserves 32 GiB of addresses it never
 *       uses.
 * </ol>
 *
 * docs/decisions/0012 says what this holds against, and what it doesn't.
 */
final class Confinement {
    private static final List<Path> TOOL_FOLDERS = List.of(Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/sbin"));
    private static final List<String> LIMITS =
            List.of("--core=0", "--nofile=1024", "--nproc=512", "--data=" + (512L << 20), "--as=" + (64L << 30));

    /** linux/capability.h, by the number of the bit. */
    private static final Map<Integer, String> NEEDED =
            Map.of(0, "CAP_CHOWN", 1, "CAP_DAC_OVERRIDE", 5, "CAP_KILL", 6, "CAP_SETGID", 7, "CAP_SETUID");

    private static final int SETPCAP = 8;

    private final int user;

    private Confinement(int user) {
        this.user = user;
    }

    /** What holds for a process that the agent, as whoever it is, starts. */
    static Confinement of(Launch.Executable launch) {
        return new Confinement(Peer.self().uid() == 0 ? launch.user() : 0);
    }

    /** True if it runs as a user of its own. */
    boolean isAnotherUser() {
        return user != 0;
    }

    /** The user it runs as. */
    int user() {
        return isAnotherUser() ? user : Peer.self().uid();
    }

    /** What goes before the command. */
    List<String> prefix() throws NotReadyException {
        var prefix = new ArrayList<>(List.of(tool("setpriv", TOOL_FOLDERS).toString()));
        if (isAnotherUser()) { // 1
            long capabilities = capabilities();
            for (var needed : NEEDED.entrySet()) {
                if ((capabilities >> needed.getKey() & 1) == 0) {
                    throw new NotReadyException("the agent can't give it a user of its own without " + needed.getValue()
                            + ": grant that, or don't run the agent as root");
                }
            }
            var id = Integer.toString(user);
            prefix.addAll(List.of("--reuid", id, "--regid", id, "--clear-groups", "--inh-caps=-all"));
            if ((capabilities >> SETPCAP & 1) == 1) {
                prefix.add("--bounding-set=-all");
            }
        }
        prefix.addAll(
                List.of("--no-new-privs", "--", tool("prlimit", TOOL_FOLDERS).toString())); // 2
        prefix.addAll(LIMITS); // 3
        prefix.add("--");
        return List.copyOf(prefix);
    }

    static Path tool(String name, List<Path> folders) throws NotReadyException {
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new NotReadyException(
                        name + " is not there, without which no provider is started: install util-linux"));
    }

    private static long capabilities() throws NotReadyException {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("CapEff:"))
                    .map(line -> Long.parseUnsignedLong(
                            line.substring("CapEff:".length()).strip(), 16))
                    .findFirst()
                    .orElse(0L);
        } catch (IOException e) {
            throw new NotReadyException("the agent's own capabilities can't be read from /proc/self/status", e);
        }
    }
}
