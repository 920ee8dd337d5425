package io.dso.cli.output;

import java.time.Duration;
import java.time.Instant;

/** One field of a table: text, or a moment, which people and programs want differently. */
public sealed interface Cell {

    record Text(String text) implements Cell {}

    record Moment(Instant at) implements Cell {}

    static Cell of(String text) {
        return new Text(text);
    }

    static Cell of(long number) {
        return new Text(Long.toString(number));
    }

    static Cell of(Instant at) {
        return new Moment(at);
    }

    /** For a person at this moment. */
    default String shown(Instant now) {
        return switch (this) {
            case Text(var text) -> text.isEmpty() ? "-" : clean(text);
            case Moment(var at) -> ago(Duration.between(at, now));
        };
    }

    /** For a pipe. */
    default String piped() {
        return switch (this) {
            case Text(var text) -> clean(text);
            case Moment(var at) -> at.toString();
        };
    }

    private static String ago(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 60) {
            return seconds + "s ago";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m ago";
        }
        return seconds < 48 * 3600 ? seconds / 3600 + "h ago" : seconds / 86_400 + "d ago";
    }

    /** Names and reasons come from elsewhere: nothing in them may move the cursor or end the line. */
    private static String clean(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '\ufffd' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
