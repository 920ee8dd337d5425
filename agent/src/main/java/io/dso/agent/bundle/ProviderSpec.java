package io.dso.agent.bundle;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where secrets come from.
 *
 * @param name unique in the configuration, {@code [a-z][a-z0-9-]*}, at most 32 characters
 * @param kind which provider: local, vault, aws, azure, …
 * @param configJson the provider's own configuration as a JSON object; names of credential files, no credentials
 * @param poll how often to compare versions when nothing pushes; at least 1 s
 * @param deadline how long one call may take
 * @param launch how its process comes to be
 */
public record ProviderSpec(
        String name, String kind, String configJson, Duration poll, Duration deadline, Launch launch) {

    /** How a provider's process comes to be. */
    public sealed interface Launch {
        /**
         * The agent starts it.
         *
         * @param user numeric user and group it runs as when the agent is root, its own alone; 0 for the agent's own,
         *     which no configuration gives
         * @param sha256 what the file's SHA-256 has to be, 64 small hexadecimal digits; empty for any
         */
        record Executable(Path path, int user, String sha256) implements Launch {
            /** As the agent's own user, with any content. */
            public Executable(Path path) {
                this(path, 0, "");
            }
        }

        /** Somebody else does, and it listens there. */
        record Socket(Path path) implements Launch {}
    }
}
