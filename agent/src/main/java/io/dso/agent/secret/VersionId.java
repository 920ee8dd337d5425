package io.dso.agent.secret;

/** A store's own name of a version. Compared for equality alone: stores promise no order. 1 to 256 characters. */
public record VersionId(String text) {
    public VersionId {
        if (text.isBlank() || text.length() > 256) {
            throw new IllegalArgumentException("version id needs 1 to 256 characters, has " + text.length());
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
