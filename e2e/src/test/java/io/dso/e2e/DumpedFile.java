package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A file as the first instruction of a container saw it ({@code /probe dump}). */
record DumpedFile(String name, int uid, int gid, String mode, byte[] bytes) {

    /** By name; the test fails when the output breaks off. */
    static Map<String, DumpedFile> parse(byte[] output) {
        var files = new LinkedHashMap<String, DumpedFile>();
        var at = 0;
        while (at < output.length) {
            var end = at;
            while (end < output.length && output[end] != '\n') {
                end++;
            }
            var head = new String(output, at, end - at, UTF_8).split(" ");
            if (head.length != 5) {
                throw new AssertionError("not a head of a dumped file: " + String.join(" ", head));
            }
            var from = end + 1;
            at = from + Integer.parseInt(head[4]);
            var bytes = Arrays.copyOfRange(output, from, Math.min(at, output.length));
            files.put(
                    head[0],
                    new DumpedFile(head[0], Integer.parseInt(head[1]), Integer.parseInt(head[2]), head[3], bytes));
        }
        return files;
    }

    /** Owner and mode, as in {@code 1000:1000 0400}. */
    String access() {
        return uid + ":" + gid + " " + mode;
    }
}
