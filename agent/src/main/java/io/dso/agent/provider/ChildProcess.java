package io.dso.agent.provider;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * A provider's process, started with an empty environment. Its standard input is held open by us and ends with us,
 * which is how it learns that the agent was killed. What it prints goes to the log, line by line.
 */
final class ChildProcess implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ChildProcess.class);

    /** The JDK adds this to the number of the signal that ended a process. */
    private static final int SIGNALLED = 128;

    private final String provider;
    private final Process process;
    private final Duration patience;
    private final ProcessOutput output;
    private final CompletableFuture<String> ended;

    private ChildProcess(String provider, Process process, Duration patience) {
        this.provider = provider;
        this.process = process;
        this.patience = patience;
        this.output = ProcessOutput.follow(provider, process.getInputStream());
        this.ended = process.onExit().thenApply(this::end);
    }

    /**
     * Starts it.
     *
     * @param patience how long it may take to end when asked to
     * @throws IOException if the executable can't be started
     */
    static ChildProcess start(String provider, List<String> command, Duration patience) throws IOException {
        var builder =
                new ProcessBuilder(command).directory(Path.of("/").toFile()).redirectErrorStream(true);
        builder.environment().clear();
        var child = new ChildProcess(provider, builder.start(), patience);
        LOG.debugf("started provider=%s pid=%d", provider, child.process.pid());
        return child;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Completed with the reason when the process ends, whoever ended it. */
    CompletableFuture<String> ended() {
        return ended;
    }

    private String end(Process process) {
        output.awaitEnd(Duration.ofMillis(200));
        int code = process.exitValue();
        if (code > SIGNALLED) {
            return "its process was ended by signal " + (code - SIGNALLED);
        }
        var last = output.lastLine(); // it had time to say why
        return "its process ended with exit code " + code + (last.isEmpty() ? "" : ": " + last);
    }

    /** Asks it to end, then makes it. */
    @Override
    public void close() {
        closeInput();
        process.toHandle().destroy(); // Process.destroy would close its output, too
        try {
            if (!process.waitFor(patience.toNanos(), NANOSECONDS)) {
                LOG.warnf("killing provider=%s, it did not stop within %s", provider, Failures.text(patience));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            kill();
        }
    }

    /** Ends it at once, with its children: a start script has some. */
    void kill() {
        process.descendants().toList().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
        closeInput();
        try {
            process.waitFor(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            LOG.debugf("provider=%s was gone already", provider);
        }
    }
}
