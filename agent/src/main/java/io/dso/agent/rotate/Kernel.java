package io.dso.agent.rotate;

import java.io.IOException;
import java.util.Set;

/** The kernel's word on which mounts a process has (docs/engine.md F20). */
@FunctionalInterface
public interface Kernel {
    /** IDs of our mounts; none if the process is gone. */
    Set<String> mountsOf(long pid) throws IOException;
}
