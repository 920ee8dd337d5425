package io.dso.agent.record;

import java.time.Instant;
import java.util.Map;

/**
 * Something an operator would want to know.
 *
 * @param at when
 * @param type a constant name, as in control.proto
 * @param attributes keys and values in the order they are to be read; never a secret's value
 */
public record Happening(Instant at, String type, Map<String, String> attributes) {

    /** For the log: {@code rotated bundle=shop from=v6 to=v7}. */
    @Override
    public String toString() {
        var text = new StringBuilder(type);
        attributes.forEach((key, value) -> {
            boolean quoted = value.isEmpty() || value.indexOf(' ') >= 0;
            text.append(' ').append(key).append('=').append(quoted ? "'" + value + "'" : value);
        });
        return text.toString();
    }
}
