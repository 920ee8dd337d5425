package io.dso.agent.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/**
 * A map that outlives the process: one small JSON file a thing, replaced by a rename, so that a kill at any point leaves
 * the old or the new one. What {@link #put} returned from is there after a kill -9 of the agent; after a power failure too
 * if the directory is on a disk. Thread-safe.
 *
 * @param <T> what is kept
 */
public final class Section<T> {
    private static final Logger LOG = Logger.getLogger(Section.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String UNFINISHED = ".tmp";

    private final Path directory;
    private final Codec<T> codec;
    private final ConcurrentHashMap<String, T> things = new ConcurrentHashMap<>();

    /** How a thing is written. */
    public interface Codec<T> {
        /** What tells things apart. */
        String key(T thing);

        void write(T thing, ObjectNode to);

        /**
         * The thing again.
         *
         * @throws IllegalArgumentException if that can't be
         */
        T read(JsonNode from);
    }

    private Section(Path directory, Codec<T> codec) {
        this.directory = directory;
        this.codec = codec;
    }

    /** Opens, making the directory if need be. A file that can't be read is left out, and said. */
    public static <T> Section<T> open(Path directory, Codec<T> codec) throws IOException {
        Files.createDirectories(directory);
        var section = new Section<>(directory, codec);
        try (var files = Files.newDirectoryStream(directory)) {
            for (var file : files) {
                if (file.toString().endsWith(UNFINISHED)) {
                    Files.deleteIfExists(file); // a kill left it
                } else if (file.toString().endsWith(".json")) {
                    section.load(file);
                }
            }
        }
        return section;
    }

    /** Whatever is wrong with one record, the others count. */
    private void load(Path file) {
        try {
            var thing = codec.read(JSON.readTree(Files.readAllBytes(file)));
            var key = codec.key(thing);
            if (!file.equals(file(key))) {
                throw new IllegalArgumentException("it is not about what its name says");
            }
            things.put(key, thing);
        } catch (IOException | RuntimeException e) {
            LOG.errorf("left out an unreadable record file=%s why='%s'", file, e.getMessage());
        }
    }

    public Collection<T> all() {
        return List.copyOf(things.values());
    }

    public Optional<T> get(String key) {
        return Optional.ofNullable(things.get(key));
    }

    /** Keeps a thing, in place of one with its key. */
    public void put(T thing) {
        things.compute(codec.key(thing), (key, _) -> written(key, thing));
    }

    /** Changes a thing, in one step for all who look. Nothing happens, and nothing is answered, if it is not there. */
    public Optional<T> update(String key, UnaryOperator<T> change) {
        return Optional.ofNullable(things.computeIfPresent(key, (_, old) -> {
            var changed = change.apply(old);
            return changed.equals(old) ? old : written(key, changed);
        }));
    }

    /** Forgets a thing. Nothing happens if it is not there. */
    public void remove(String key) {
        things.compute(key, (_, _) -> {
            try {
                if (Files.deleteIfExists(file(key))) {
                    sync();
                }
            } catch (IOException e) {
                throw new UncheckedIOException("can't write to " + directory, e);
            }
            return null;
        });
    }

    private T written(String key, T thing) {
        var node = JSON.createObjectNode();
        codec.write(thing, node);
        try {
            var fresh = Files.createTempFile(directory, "new", UNFINISHED);
            try (var out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                var bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(node));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(fresh, file(key), StandardCopyOption.ATOMIC_MOVE);
            sync();
        } catch (IOException e) {
            throw new UncheckedIOException("can't write to " + directory, e);
        }
        return thing;
    }

    /** Makes what the directory says about its files outlive a power failure. */
    private void sync() throws IOException {
        try (var itself = FileChannel.open(directory, StandardOpenOption.READ)) {
            itself.force(true);
        }
    }

    private Path file(String key) {
        return directory.resolve(URLEncoder.encode(key, StandardCharsets.UTF_8) + ".json");
    }
}
