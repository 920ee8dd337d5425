package io.dso.provider.local;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a file that others replace: by the kernel's word about its directory, and, because that word can be lost
 * (a directory that is not there yet, a link to elsewhere, a queue that ran over), by looking now and then.
 */
final class WatchedFile implements AutoCloseable {
    /** How long a change can go unseen when the kernel has nothing to say. */
    private static final Duration SAFETY = Duration.ofSeconds(2);

    private final Path directory;
    private final Path name;
    private final WatchService kernel;
    private @Nullable WatchKey key;
    /** Device and inode of the directory that {@link #key} stands for. */
    private @Nullable Object watched;

    /** Watches from now on. */
    WatchedFile(Path file) throws IOException {
        var whole = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        this.directory = Objects.requireNonNull(whole.getParent(), "a file is in a directory");
        this.name = Objects.requireNonNull(whole.getFileName(), "a file has a name");
        this.kernel = directory.getFileSystem().newWatchService();
        register();
    }

    /** Makes sure that the directory that is there now is the one the kernel watches for us. */
    private void register() throws IOException {
        var present = identity();
        if (key != null && key.isValid() && Objects.equals(present, watched)) {
            return;
        }
        if (key != null) {
            key.cancel();
        }
        key = null;
        watched = present;
        try {
            key = directory.register(
                    kernel,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
            watched = null; // it may come, or be opened to us; until then looking has to do
        }
    }

    private @Nullable Object identity() {
        try {
            return Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /** Returns when the file may have changed, at the latest after two seconds. */
    void awaitChange() throws IOException, InterruptedException {
        long end = System.nanoTime() + SAFETY.toNanos();
        while (true) {
            var signalled = kernel.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (signalled == null) {
                register();
                return;
            }
            boolean ours = signalled.pollEvents().stream()
                    .anyMatch(
                            event -> event.kind() == StandardWatchEventKinds.OVERFLOW || name.equals(event.context()));
            boolean alive = signalled.reset();
            if (!alive) {
                register();
            }
            if (ours || !alive) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        kernel.close();
    }
}
