package io.dso.agent.inject;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A directory on RAM for a test, with all that mounts have; gone after it. */
public final class RamRoot implements AutoCloseable {
    public final Path directory;
    public final VolumeRoot volumes;

    public RamRoot() {
        try {
            directory = Files.createTempDirectory(Path.of("/dev/shm"), "dso-test-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        volumes = VolumeRoot.prepare(directory.resolve("volumes"), 64 << 20);
    }

    @Override
    public void close() {
        try {
            var umount = new ProcessBuilder("umount", "--lazy", volumes.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start(); // fails where the agent could not mount either
            umount.waitFor(10, TimeUnit.SECONDS);
            VolumeRoot.removeTree(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
