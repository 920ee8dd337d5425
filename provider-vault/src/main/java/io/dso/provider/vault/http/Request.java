package io.dso.provider.vault.http;

/**
 * What is asked of the server.
 *
 * @param path with its query, starting with a slash
 * @param body wiped by whoever made it, after the answer
 * @param limit the most bytes an answer may have
 * @param repeat whether it may be sent twice
 */
public record Request(Method method, String path, byte[] body, int limit, Repeat repeat) {
    /** Enough for anything but values and long lists. */
    public static final int SMALL = 256 * 1024;

    /** Methods the server knows. */
    public enum Method {
        GET,
        LIST,
        POST
    }

    /** Whether a request may be sent again when its connection broke before an answer began. */
    public enum Repeat {
        SAFE,
        /** It makes something: sent twice, there could be two of it. */
        ONCE
    }

    public static Request get(String path) {
        return new Request(Method.GET, path, new byte[0], SMALL, Repeat.SAFE);
    }

    public static Request list(String path) {
        return new Request(Method.LIST, path, new byte[0], SMALL, Repeat.SAFE);
    }

    public static Request post(String path, byte[] body) {
        return new Request(Method.POST, path, body, SMALL, Repeat.ONCE);
    }

    /** The same, for an answer of at most so many bytes. */
    public Request upTo(int bytes) {
        return new Request(method, path, body, bytes, repeat);
    }

    /** The same, and it makes something. */
    public Request once() {
        return new Request(method, path, body, limit, Repeat.ONCE);
    }

    /** Without the body, which may hold credentials. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
