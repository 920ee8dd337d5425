package io.dso.provider.sdk;

/**
 * Names one secret of the store.
 *
 * @param path the store's own name, 1 to 512 characters
 * @param key a member of a structured secret, at most 256 characters; empty for the whole value
 */
public record SecretName(String path, String key) {
    public SecretName {
        if (path.isBlank() || path.length() > 512) {
            throw new IllegalArgumentException("a path needs 1 to 512 characters, this has " + path.length());
        }
        if (key.length() > 256) {
            throw new IllegalArgumentException("a key has at most 256 characters, this has " + key.length());
        }
    }

    /** {@code path} or {@code path#key}, for people. */
    @Override
    public String toString() {
        return key.isEmpty() ? path : path + "#" + key;
    }
}
