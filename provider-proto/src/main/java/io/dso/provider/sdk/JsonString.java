package io.dso.provider.sdk;

/** Decodes strings of JSON as bytes: what is escaped becomes UTF-8, what isn't stays as it is. */
final class JsonString {
    private static final String ESCAPES = "\"\\/bfnrt";
    private static final String ESCAPED = "\"\\/\b\f\n\r\t";

    private JsonString() {}

    static boolean isEscape(int c) {
        return ESCAPES.indexOf(c) >= 0;
    }

    /**
     * Decodes.
     *
     * @param json has a whole string, with good escapes, as {@link JsonCursor#skipString} went over it
     * @param quote where the string begins
     * @return an array of its own, which is never longer than the string's source
     * @throws JsonMember.NotAnObject if an escape is half a character
     */
    static byte[] decode(byte[] json, int quote, int end) {
        try (var out = new WipedBytes(end - quote)) {
            int i = quote + 1;
            while (json[i] != '"') {
                if (json[i] != '\\') {
                    out.write(json[i++]);
                } else if (json[i + 1] != 'u') {
                    out.write(ESCAPED.charAt(ESCAPES.indexOf(json[i + 1])));
                    i += 2;
                } else {
                    int c = codePoint(json, i);
                    encode(c, out);
                    i += Character.isBmpCodePoint(c) ? 6 : 12;
                }
            }
            return out.toByteArray();
        }
    }

    /** What the escape at this place stands for, with the next one if the two are a pair. */
    private static int codePoint(byte[] json, int at) {
        char high = unit(json, at);
        if (!Character.isSurrogate(high)) {
            return high;
        }
        if (json[at + 6] == '\\' && json[at + 7] == 'u' && Character.isSurrogatePair(high, unit(json, at + 6))) {
            return Character.toCodePoint(high, unit(json, at + 6));
        }
        throw new JsonMember.NotAnObject("an escape is half a character, at byte " + at);
    }

    private static char unit(byte[] json, int at) {
        int unit = 0;
        for (int i = at + 2; i < at + 6; i++) {
            unit = unit << 4 | Character.digit(json[i], 16);
        }
        return (char) unit;
    }

    private static void encode(int c, WipedBytes out) {
        if (c < 0x80) {
            out.write(c);
        } else if (c < 0x800) {
            out.write(0xc0 | c >> 6);
            out.write(0x80 | c & 63);
        } else if (c < 0x10000) {
            out.write(0xe0 | c >> 12);
            out.write(0x80 | c >> 6 & 63);
            out.write(0x80 | c & 63);
        } else {
            out.write(0xf0 | c >> 18);
            out.write(0x80 | c >> 12 & 63);
            out.write(0x80 | c >> 6 & 63);
            out.write(0x80 | c & 63);
        }
    }
}
