package io.dso.provider.vault.api;

import io.dso.provider.sdk.JsonMember;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The bytes of a JSON object, with members by name. Values stay bytes; only what is no value is read as text. Whoever
 * gets one closes it, which wipes it. Not thread-safe.
 */
public final class Json implements AutoCloseable {
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private final byte[] bytes;

    /** Takes the array over. */
    public Json(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The object that is a member. */
    public Json object(String name) throws StoreException {
        return new Json(bytes(name));
    }

    /** A member's bytes, an array of its own: a string decoded, all else as it stands there. */
    public byte[] bytes(String name) throws StoreException {
        return find(name).orElseThrow(() -> StoreException.unavailable("the server's answer has no '" + name + "'"));
    }

    /** As {@link #bytes(String)}; empty if there is none or it is null. */
    public Optional<byte[]> find(String name) throws StoreException {
        try {
            byte[] member = JsonMember.of(bytes, new SecretName("answer", name));
            return Arrays.equals(member, NULL) ? Optional.empty() : Optional.of(member);
        } catch (StoreException e) {
            if (e.failure().kind() == StoreFailure.Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw StoreException.unavailable("the server's answer is no JSON object");
        }
    }

    /** A member that is no secret, as text; empty if there is none. */
    public String text(String name) throws StoreException {
        return find(name).map(text -> new String(text, StandardCharsets.UTF_8)).orElse("");
    }

    /** A whole number; 0 if there is none. */
    public long number(String name) throws StoreException {
        var text = text(name);
        try {
            return text.isEmpty() ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw StoreException.unavailable("the server's answer has no number as '" + name + "'");
        }
    }

    public boolean flag(String name) throws StoreException {
        return text(name).equals("true");
    }

    /** The object's exact text, an array of its own. */
    public byte[] copy() {
        return bytes.clone();
    }

    /** Lent: it is wiped with this. */
    public byte[] lend() {
        return bytes;
    }

    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
    }

    /** Never the content. */
    @Override
    public String toString() {
        return "••••";
    }
}
