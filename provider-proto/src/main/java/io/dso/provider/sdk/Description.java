package io.dso.provider.sdk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Who a provider is and what it can do.
 *
 * @param kind the kind of store, e.g. {@code vault}
 * @param version the provider's own version
 * @param abilities what goes beyond versions and fetch
 */
public record Description(String kind, String version, Set<Ability> abilities) {
    public Description {
        if (kind.isBlank() || kind.length() > 64) {
            throw new IllegalArgumentException("a kind needs 1 to 64 characters, has " + kind.length());
        }
        abilities = Set.copyOf(abilities);
    }

    /** The version that a build wrote beside this class, as {@code version.txt}. */
    public static String versionBeside(Class<?> type) {
        try (var in = type.getResourceAsStream("version.txt")) {
            return in == null ? "unknown" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What goes beyond versions and fetch. */
    public enum Ability {
        /** {@link SecretStore#watch} reports changes. */
        WATCH,
        /** {@link SecretStore#fetch} gives versions that are no longer current. */
        OLD_VERSIONS
    }
}
