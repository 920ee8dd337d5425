package io.dso.provider.vault.http;

import java.io.IOException;

/** There is no answer. Its message says why in a few words, without anything of request or answer. */
public final class HttpException extends IOException {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    HttpException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    HttpException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Why there is none. */
    public enum Kind {
        /** No connection, or TLS doesn't come about. */
        UNREACHABLE,
        /** The connection ended before an answer began. */
        BROKEN_BEFORE_ANSWER,
        /** The connection ended within an answer, or it was none. */
        BROKEN,
        /** It took too long. */
        LATE,
        /** The answer is longer than was allowed. */
        TOO_LONG,
        /** The server knows of no such subscription, or not for us. */
        REFUSED
    }

    public Kind kind() {
        return kind;
    }
}
