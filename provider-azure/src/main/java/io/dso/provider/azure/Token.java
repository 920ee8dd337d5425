package io.dso.provider.azure;

import java.time.Duration;

/**
 * An access token. A class and not a record: records print what they hold.
 */
final class Token {
    private final String text;
    private final Duration life;

    /** @param life how long it is good, from when it was issued */
    Token(String text, Duration life) {
        this.text = text;
        this.life = life;
    }

    /** The header {@code Authorization} that shows it. */
    String authorization() {
        return "Bearer " + text;
    }

    Duration life() {
        return life;
    }

    /** Never the token. */
    @Override
    public String toString() {
        return "••••";
    }
}
