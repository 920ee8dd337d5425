package io.dso.agent.render;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes JSON without making Strings of values, which could not be wiped. Grows by copying, and wipes what it leaves.
 * (RFC 8259 section 7: only quote, backslash and control characters need escapes.)
 */
final class JsonBytes implements AutoCloseable {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = new byte[256];
    private int length;

    JsonBytes raw(String syntax) {
        for (byte b : syntax.getBytes(StandardCharsets.UTF_8)) {
            add(b);
        }
        return this;
    }

    /** A name from the configuration. */
    JsonBytes string(String name) {
        text(name.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** A value as a JSON string; false, with nothing usable written, if it isn't UTF-8. */
    boolean text(byte[] value) {
        if (!isUtf8(value)) {
            return false;
        }
        add((byte) '"');
        for (byte b : value) {
            switch (b) {
                case '"' -> escape('"');
                case '\\' -> escape('\\');
                case '\n' -> escape('n');
                case '\r' -> escape('r');
                case '\t' -> escape('t');
                default -> {
                    if (b >= 0 && b < 0x20) {
                        raw("\\u00");
                        add(HEX[b >> 4]);
                        add(HEX[b & 15]);
                    } else {
                        add(b);
                    }
                }
            }
        }
        add((byte) '"');
        return true;
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    private void escape(char letter) {
        add((byte) '\\');
        add((byte) letter);
    }

    private void add(byte b) {
        if (length == bytes.length) {
            var old = bytes;
            bytes = Arrays.copyOf(old, 2 * length);
            Arrays.fill(old, (byte) 0);
        }
        bytes[length++] = b;
    }

    /** Decodes into a small buffer that is wiped; malformed input is reported, not replaced. */
    private static boolean isUtf8(byte[] value) {
        var decoder = StandardCharsets.UTF_8.newDecoder();
        var in = ByteBuffer.wrap(value);
        var out = CharBuffer.allocate(1024);
        try {
            while (true) {
                var result = decoder.decode(in, out, true);
                if (result.isError()) {
                    result.throwException();
                }
                if (result.isUnderflow()) {
                    return true;
                }
                out.clear();
            }
        } catch (CharacterCodingException e) {
            return false;
        } finally {
            Arrays.fill(out.array(), '\0');
        }
    }

    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
    }
}
