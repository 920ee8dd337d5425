package io.dso.agent.engine;

/** The engine couldn't do what was asked. */
public final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    public EngineException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** What went wrong. */
    public enum Kind {
        /** Not reachable, or no answer in time. */
        UNAVAILABLE,
        /** No such container or image. */
        NOT_FOUND,
        /** The engine refused or failed. */
        REFUSED
    }
}
