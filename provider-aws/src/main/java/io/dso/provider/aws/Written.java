package io.dso.provider.aws;

import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.sdk.VersionAnswer;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * One writing of a parameter.
 *
 * @param number the service's count of it; empty if it is none
 * @param at when, in the service's own words; empty in a version that the configuration pins
 */
record Written(String number, String at) {
    private static final Pattern VERSION = Pattern.compile("([1-9]\\d{0,17})(?:@(.+))?");

    static Written of(long number, Instant at) {
        return new Written(Long.toString(number), at.toString());
    }

    /** Reads what {@link #id()} wrote, or a bare number. */
    static Written parse(String version) {
        var parts = VERSION.matcher(version);
        if (!parts.matches()) {
            return new Written("", "");
        }
        return new Written(parts.group(1), parts.group(2) == null ? "" : parts.group(2));
    }

    boolean pinned() {
        return at.isEmpty();
    }

    /** {@code 3@2026-01-31T12:00:00.123Z}. */
    String id() {
        return number + "@" + at;
    }

    /** The version that an address picks, when this one is the newest. */
    VersionAnswer answer(Address address) {
        if (address.pick() instanceof Address.Pick.Version(var pinned)) {
            return Long.parseLong(pinned) <= Long.parseLong(number)
                    ? new VersionAnswer.Current(pinned)
                    : new VersionAnswer.Failed(new StoreFailure(
                            StoreFailure.Kind.NOT_FOUND, address.name() + " has no version " + pinned + " yet"));
        }
        return new VersionAnswer.Current(id());
    }
}
