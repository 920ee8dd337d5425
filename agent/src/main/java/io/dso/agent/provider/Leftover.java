package io.dso.agent.provider;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * The process that an agent before us started and couldn't stop, because it was killed. It ends with its standard input,
 * but not if it hangs, and not at once; meanwhile it holds the socket. A note of its ID and start time, which tells it
 * from a later process of that ID, lets us end it.
 */
final class Leftover {
    private static final Logger LOG = Logger.getLogger(Leftover.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Path note;

    Leftover(Path note) {
        this.note = note;
    }

    /** Writes down who has to go should we be killed. */
    void remember(ProcessHandle process) throws IOException {
        Files.writeString(note, identity(process));
    }

    /** Kills the process that is written down, if it still lives. */
    void end() throws IOException, InterruptedException {
        var process = find();
        if (process.isPresent()) {
            LOG.infof("ending what an earlier agent left pid=%d", process.get().pid());
            process.get().descendants().toList().forEach(ProcessHandle::destroyForcibly);
            process.get().destroyForcibly();
            await(process.get());
        }
        Files.deleteIfExists(note);
    }

    private static void await(ProcessHandle process) throws InterruptedException {
        try {
            process.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.warnf("it does not end pid=%d", process.pid());
        }
    }

    private Optional<ProcessHandle> find() throws IOException {
        if (!Files.exists(note)) {
            return Optional.empty();
        }
        var identity = Files.readString(note);
        var pid = identity.split(" ", 2)[0];
        return pid.matches("[1-9]\\d{0,9}")
                ? ProcessHandle.of(Long.parseLong(pid))
                        .filter(found -> identity(found).equals(identity))
                : Optional.empty();
    }

    private static String identity(ProcessHandle process) {
        return process.pid()
                + process.info()
                        .startInstant()
                        .map(start -> " " + start.toEpochMilli())
                        .orElse("");
    }
}
