package io.dso.agent.bundle;

import java.time.Instant;

/**
 * An operator's word that running containers are to be left as they are. Starts get the right version all the same.
 *
 * @param bundle the bundle's name, or {@link #ALL}
 * @param since when it was said
 * @param by who said it
 */
public record Paused(String bundle, Instant since, String by) {
    /** In place of a name: every bundle. No bundle can be called that. */
    public static final String ALL = "*";
}
