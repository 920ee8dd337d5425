package io.dso.agent.inject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A process that has a directory mounted where nobody else sees it, as the first process of a container has. */
public final class ProcessWithMount implements AutoCloseable {
    private final Process process;

    private ProcessWithMount(Process process) {
        this.process = process;
    }

    /** Starts one; empty where we may not mount. */
    public static Optional<ProcessWithMount> of(Path directory) throws IOException {
        var target = Files.createTempDirectory(Path.of("/dev/shm"), "dso-test-");
        var process = new ProcessBuilder(List.of(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        "mount --bind \"$0\" \"$1\" && echo ready && exec cat",
                        directory.toString(),
                        target.toString()))
                .redirectErrorStream(true)
                .start();
        process.onExit().thenRun(() -> target.toFile().delete());
        var started = new ProcessWithMount(process);
        if ("ready".equals(process.inputReader().readLine())) {
            return Optional.of(started);
        }
        started.close();
        return Optional.empty();
    }

    public long pid() {
        return process.pid();
    }

    /** Ends it. */
    @Override
    public void close() throws IOException {
        process.outputWriter().close(); // cat ends
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new AssertionError("it does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
