package io.dso.agent.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Time spans as people write them: {@code 500ms}, {@code 30s}, {@code 2m}, {@code 1h}, or ISO 8601. */
final class Spans {
    static final String PATTERN = "^([0-9]{1,9}(ms|s|m|h)|PT[0-9.HMS]+)$";
    private static final Pattern SHORT = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    private Spans() {}

    static Optional<Duration> parse(String text) {
        var match = SHORT.matcher(text);
        if (!match.matches()) {
            return iso(text);
        }
        long number = Long.parseLong(match.group(1));
        return Optional.of(
                switch (match.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    default -> Duration.ofHours(number);
                });
    }

    static String write(Duration span) {
        if (span.toMillisPart() != 0) {
            return span.toMillis() + "ms";
        }
        if (span.toSecondsPart() != 0 || span.isZero()) {
            return span.toSeconds() + "s";
        }
        return span.toMinutesPart() != 0 ? span.toMinutes() + "m" : span.toHours() + "h";
    }

    private static Optional<Duration> iso(String text) {
        try {
            return text.startsWith("PT") ? Optional.of(Duration.parse(text)) : Optional.empty();
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
