package io.dso.provider.vault.api;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes a JSON object of strings and wipes it on close, credentials included. Not thread-safe. */
public final class JsonText implements AutoCloseable {
    private static final String HEX = "0123456789abcdef";

    private final Bytes out = new Bytes();
    private final byte[][] finished = {{}};

    /** Adds a member. */
    public JsonText with(String name, String value) {
        return with(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a member whose value is text in UTF-8; the array stays the caller's. */
    public JsonText with(String name, byte[] value) {
        out.write(out.size() == 0 ? '{' : ',');
        string(name.getBytes(StandardCharsets.UTF_8));
        out.write(':');
        string(value);
        return this;
    }

    private void string(byte[] text) {
        out.write('"');
        for (byte b : text) {
            if (b == '"' || b == '\\') {
                out.write('\\');
                out.write(b);
            } else if (b >= 0 && b < ' ') {
                out.writeBytes(new byte[] {'\\', 'u', '0', '0', (byte) HEX.charAt(b >> 4), (byte) HEX.charAt(b & 15)});
            } else {
                out.write(b);
            }
        }
        out.write('"');
    }

    /** The object. Lent: it is wiped with this. */
    public byte[] bytes() {
        if (finished[0].length == 0) {
            out.write(out.size() == 0 ? '{' : ' ');
            out.write('}');
            finished[0] = out.toByteArray();
        }
        return finished[0];
    }

    @Override
    public void close() {
        out.wipe();
        Arrays.fill(finished[0], (byte) 0);
    }

    /** Bodies are small: what is written into a buffer of this size leaves no other copy. */
    private static final class Bytes extends ByteArrayOutputStream {
        Bytes() {
            super(16 * 1024);
        }

        void wipe() {
            Arrays.fill(buf, (byte) 0);
        }
    }
}
