package io.dso.provider.sdk;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Takes one member out of a JSON object without making text of any value: strings decoded, everything else as its exact
 * source. Reads strictly (RFC 8259), over the whole object, so that what other readers would refuse or read differently
 * (a name given twice, bytes after the end) is refused here too.
 */
public final class JsonMember {
    private static final int MAX_DEPTH = 100;

    /** The value is no JSON object, or no good one. */
    static final class NotAnObject extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final String why;

        NotAnObject(String why) {
            super(why);
            this.why = why;
        }

        /** What is wrong, with the place in bytes; nothing of what stands there. */
        String why() {
            return why;
        }
    }

    /** The object has no such member. */
    static final class NotThere extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final byte[] json;
    private int at;

    private JsonMember(byte[] json) {
        this.json = json;
    }

    /**
     * What a name asks for of a value: the value itself, or a member of it.
     *
     * @param value stays the caller's
     * @return an array of its own
     * @throws StoreException NOT_FOUND if there is no such member, INVALID if the value is no JSON object
     */
    public static byte[] of(byte[] value, SecretName name) throws StoreException {
        try {
            return name.key().isEmpty() ? value.clone() : of(value, name.key());
        } catch (NotThere e) {
            throw StoreException.notFound(name.path() + " has no member '" + name.key() + "'");
        } catch (NotAnObject e) {
            throw StoreException.invalid(
                    name.path() + " is no JSON object, so it has no member '" + name.key() + "': " + e.why());
        }
    }

    static byte[] of(byte[] json, String name) {
        return new JsonMember(json).find(name.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] find(byte[] wanted) {
        int start = -1;
        int end = -1;
        skipSpace();
        expect('{');
        skipSpace();
        if (!take('}')) {
            do {
                skipSpace();
                boolean match = matches(wanted);
                skipSpace();
                expect(':');
                skipSpace();
                int from = at;
                skipValue(1);
                if (match) {
                    if (start >= 0) {
                        throw bad("the member is there twice");
                    }
                    start = from;
                    end = at;
                }
                skipSpace();
            } while (take(','));
            expect('}');
        }
        skipSpace();
        if (at < json.length) {
            throw bad("there is more after the object");
        }
        if (start < 0) {
            throw new NotThere();
        }
        return json[start] == '"' ? decode(start, end) : Arrays.copyOfRange(json, start, end);
    }

    /** Reads a name, and compares it. */
    private boolean matches(byte[] wanted) {
        int from = at;
        skipString();
        byte[] name = decode(from, at);
        boolean match = Arrays.equals(name, wanted);
        Arrays.fill(name, (byte) 0);
        return match;
    }

    private void skipValue(int depth) {
        if (depth > MAX_DEPTH) {
            throw bad("it is nested too deeply");
        }
        switch (peek()) {
            case '"' -> skipString();
            case '{' -> skipAll('}', depth);
            case '[' -> skipAll(']', depth);
            case 't' -> skipWord("true");
            case 'f' -> skipWord("false");
            case 'n' -> skipWord("null");
            default -> skipNumber();
        }
    }

    private void skipAll(char close, int depth) {
        at++;
        skipSpace();
        if (take(close)) {
            return;
        }
        do {
            skipSpace();
            if (close == '}') {
                skipString();
                skipSpace();
                expect(':');
                skipSpace();
            }
            skipValue(depth + 1);
            skipSpace();
        } while (take(','));
        expect(close);
    }

    private void skipWord(String word) {
        for (int i = 0; i < word.length(); i++) {
            expect(word.charAt(i));
        }
    }

    private void skipNumber() {
        take('-');
        if (!take('0')) {
            skipDigits();
        }
        if (take('.')) {
            skipDigits();
        }
        if (take('e') || take('E')) {
            if (!take('+')) {
                take('-');
            }
            skipDigits();
        }
    }

    private void skipDigits() {
        int from = at;
        while (at < json.length && json[at] >= '0' && json[at] <= '9') {
            at++;
        }
        if (at == from) {
            throw bad("a value was expected");
        }
    }

    private void skipString() {
        expect('"');
        while (true) {
            int c = peek();
            at++;
            if (c == '"') {
                return;
            }
            if (c < ' ') {
                throw bad("a control character stands in a string");
            }
            if (c == '\\') {
                skipEscape();
            }
        }
    }

    private void skipEscape() {
        int c = peek();
        at++;
        if (c == 'u') {
            for (int i = 0; i < 4; i++) {
                if (Character.digit(peek(), 16) < 0) {
                    throw bad("an escape is broken");
                }
                at++;
            }
        } else if ("\"\\/bfnrt".indexOf(c) < 0) {
            throw bad("an escape is broken");
        }
    }

    /** The bytes of a string that {@link #skipString} went over. What isn't escaped stays as it is. */
    private byte[] decode(int quote, int end) {
        try (var out = new Wiping(end - quote)) {
            int i = quote + 1;
            while (json[i] != '"') {
                if (json[i] != '\\') {
                    out.write(json[i++]);
                } else if (json[i + 1] != 'u') {
                    out.write("\"\\/\b\f\n\r\t".charAt("\"\\/bfnrt".indexOf(json[i + 1])));
                    i += 2;
                } else {
                    int unit = hex(i + 2);
                    i += 6;
                    if (Character.isHighSurrogate((char) unit) && json[i] == '\\' && json[i + 1] == 'u') {
                        int low = hex(i + 2);
                        if (Character.isLowSurrogate((char) low)) {
                            unit = Character.toCodePoint((char) unit, (char) low);
                            i += 6;
                        }
                    }
                    out.codePoint(unit, this);
                }
            }
            return out.toByteArray();
        }
    }

    private int hex(int from) {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            unit = unit << 4 | Character.digit(json[from + i], 16);
        }
        return unit;
    }

    /** Leaves nothing behind, as long as it needn't grow. */
    private static final class Wiping extends ByteArrayOutputStream {
        /** @param size the source's length, of which the decoded form is never longer */
        Wiping(int size) {
            super(size);
        }

        void codePoint(int c, JsonMember reader) {
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                throw reader.bad("an escape is half a character");
            }
            if (c < 0x80) {
                write(c);
            } else if (c < 0x800) {
                write(0xc0 | c >> 6);
                write(0x80 | c & 63);
            } else if (c < 0x10000) {
                write(0xe0 | c >> 12);
                write(0x80 | c >> 6 & 63);
                write(0x80 | c & 63);
            } else {
                write(0xf0 | c >> 18);
                write(0x80 | c >> 12 & 63);
                write(0x80 | c >> 6 & 63);
                write(0x80 | c & 63);
            }
        }

        @Override
        public void close() {
            Arrays.fill(buf, (byte) 0);
        }
    }

    private void skipSpace() {
        while (at < json.length && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
            at++;
        }
    }

    private int peek() {
        if (at >= json.length) {
            throw bad("it ends too early");
        }
        return json[at] & 0xff;
    }

    private boolean take(char c) {
        if (at < json.length && json[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (peek() != c) {
            throw bad("it is not JSON");
        }
        at++;
    }

    private NotAnObject bad(String why) {
        return new NotAnObject(why + ", at byte " + at);
    }
}
