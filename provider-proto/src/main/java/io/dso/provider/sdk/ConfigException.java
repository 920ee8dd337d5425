package io.dso.provider.sdk;

/** The provider's configuration or command line is wrong. Its message reaches the agent's user: no value in it. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
