package io.dso.agent.provider;

/** A provider didn't come up. The message says why, as a clause: {@code its process ended with exit code 1}. */
final class NotReadyException extends Exception {
    private static final long serialVersionUID = 1;

    NotReadyException(String why) {
        super(why);
    }

    NotReadyException(String why, Throwable cause) {
        super(why, cause);
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
