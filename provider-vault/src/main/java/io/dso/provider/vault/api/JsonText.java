package io.dso.provider.vault.api;

import io.dso.provider.sdk.WipedBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes a JSON object of strings and wipes it on close, credentials included. Not thread-safe. */
public final class JsonText implements AutoCloseable {
    private static final String HEX = "0123456789abcdef";

    private final WipedBytes out = new WipedBytes(4 << 10);
    private byte[] finished = {};

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
        if (finished.length == 0) {
            if (out.size() == 0) {
                out.write('{');
            }
            out.write('}');
            finished = out.toByteArray();
        }
        return finished;
    }

    @Override
    public void close() {
        out.close();
        Arrays.fill(finished, (byte) 0);
    }
}
