package io.dso.provider.sdk;

/** Walks over JSON in bytes, strictly (RFC 8259), without making text of anything. */
final class JsonCursor {
    private static final int MAX_DEPTH = 100;

    private final byte[] json;
    private int at;

    JsonCursor(byte[] json) {
        this.json = json;
    }

    /** Where it is. */
    int at() {
        return at;
    }

    /** Goes over a value. */
    void skipValue() {
        skipValue(1);
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

    /** Goes over a string, whose escapes are good then. */
    void skipString() {
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
        } else if (!JsonString.isEscape(c)) {
            throw bad("an escape is broken");
        }
    }

    void skipSpace() {
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

    /** Goes over this character, if it is the next one. */
    boolean take(char c) {
        if (at < json.length && json[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    void expect(char c) {
        if (peek() != c) {
            throw bad("it is not JSON");
        }
        at++;
    }

    boolean isAtEnd() {
        return at == json.length;
    }

    /** What is wrong with it, at this place. */
    JsonMember.NotAnObject bad(String why) {
        return new JsonMember.NotAnObject(why + ", at byte " + at);
    }
}
