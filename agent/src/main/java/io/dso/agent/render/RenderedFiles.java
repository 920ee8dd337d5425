package io.dso.agent.render;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The files of one bundle version, in memory until they are in the volume. Close wipes. Not thread-safe. */
public final class RenderedFiles implements AutoCloseable {
    private final Map<String, byte[]> files;

    /** Takes the arrays over. */
    public RenderedFiles(Map<String, byte[]> files) {
        this.files = new LinkedHashMap<>(files);
    }

    /** File names, in the bundle's order. */
    public Set<String> names() {
        return files.keySet();
    }

    /** The content of a file: lent, not to be kept or changed. */
    public byte[] content(String name) {
        var content = files.get(name);
        if (content == null) {
            throw new IllegalArgumentException("no file " + name);
        }
        return content;
    }

    @Override
    public void close() {
        files.values().forEach(content -> Arrays.fill(content, (byte) 0));
    }

    /** Names, never content. */
    @Override
    public String toString() {
        return "RenderedFiles" + files.keySet();
    }
}
