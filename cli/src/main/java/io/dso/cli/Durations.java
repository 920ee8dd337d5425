package io.dso.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** Durations as people write them, the same as in the configuration: {@code 250ms}, {@code 30s}, {@code 5m}, ISO. */
final class Durations {
    private static final Pattern SHORT = Pattern.compile("(\\d{1,9})(ms|s|m|h)?");

    private static final Duration MOST = Duration.ofDays(365);

    private Durations() {}

    /** @throws TypeConversionException if it is no duration, or none between nothing and a year */
    static Duration parse(String text) {
        var duration = read(text);
        if (duration.isNegative() || duration.compareTo(MOST) > 0) {
            throw new TypeConversionException("'" + text + "' is not between 0s and 365 days");
        }
        return duration;
    }

    private static Duration read(String text) {
        var parts = SHORT.matcher(text);
        if (parts.matches()) {
            long amount = Long.parseLong(parts.group(1));
            return switch (parts.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                case null, default -> Duration.ofSeconds(amount);
            };
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new TypeConversionException("'" + text + "' is no duration like 30s, 5m or PT1M30S");
        }
    }
}
