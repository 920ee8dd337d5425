package io.dso.agent.secret;

/**
 * Names one secret in one provider's store.
 *
 * @param provider the provider's name in the configuration
 * @param path the store's own name, 1 to 512 characters
 * @param key a member of a structured secret, at most 256 characters; empty for the whole value
 */
public record SecretRef(String provider, String path, String key) {
    public SecretRef {
        if (provider.isBlank()) {
            throw new IllegalArgumentException("provider is empty");
        }
        if (path.isBlank() || path.length() > 512) {
            throw new IllegalArgumentException("path needs 1 to 512 characters, has " + path.length());
        }
        if (key.length() > 256) {
            throw new IllegalArgumentException("key has at most 256 characters, has " + key.length());
        }
    }

    /** {@code provider:path} or {@code provider:path#key}, for people. */
    @Override
    public String toString() {
        return key.isEmpty() ? provider + ":" + path : provider + ":" + path + "#" + key;
    }
}
