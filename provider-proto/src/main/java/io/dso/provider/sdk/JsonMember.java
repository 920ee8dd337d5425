package io.dso.provider.sdk;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Takes one member out of a JSON object without making text of any value: strings decoded, everything else as its exact
 * source. Reads strictly (RFC 8259), over the whole object, so that what other readers would refuse or read differently
 * (a name given twice, bytes after the end) is refused here too.
 */
public final class JsonMember {
    /** The value is no JSON object, or no good one. */
    static final class NotAnObject extends RuntimeException {
        private static final long serialVersionUID = 1;
        /** @param why what is wrong, with the place in bytes; nothing of what stands there */
        NotAnObject(String why) {
            super(why);
        }
    }

    /** The object has no such member. */
    static final class NotThere extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final byte[] json;
    private final JsonCursor cursor;

    private JsonMember(byte[] json) {
        this.json = json;
        this.cursor = new JsonCursor(json);
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
                    name.path() + " is no JSON object, so it has no member '" + name.key() + "': " + e.getMessage());
        }
    }

    static byte[] of(byte[] json, String name) {
        return new JsonMember(json).find(name.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] find(byte[] wanted) {
        int start = -1;
        int end = -1;
        cursor.skipSpace();
        cursor.expect('{');
        cursor.skipSpace();
        if (!cursor.take('}')) {
            do {
                cursor.skipSpace();
                boolean match = matches(wanted);
                cursor.skipSpace();
                cursor.expect(':');
                cursor.skipSpace();
                int from = cursor.at();
                cursor.skipValue();
                if (match) {
                    if (start >= 0) {
                        throw cursor.bad("the member is there twice");
                    }
                    start = from;
                    end = cursor.at();
                }
                cursor.skipSpace();
            } while (cursor.take(','));
            cursor.expect('}');
        }
        cursor.skipSpace();
        if (!cursor.isAtEnd()) {
            throw cursor.bad("there is more after the object");
        }
        if (start < 0) {
            throw new NotThere();
        }
        return json[start] == '"' ? JsonString.decode(json, start, end) : Arrays.copyOfRange(json, start, end);
    }

    /** Reads a name, and compares it. */
    private boolean matches(byte[] wanted) {
        int from = cursor.at();
        cursor.skipString();
        byte[] name = JsonString.decode(json, from, cursor.at());
        boolean match = Arrays.equals(name, wanted);
        Arrays.fill(name, (byte) 0);
        return match;
    }
}
