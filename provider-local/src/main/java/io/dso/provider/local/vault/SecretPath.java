package io.dso.provider.local.vault;

/**
 * The name of a secret: a path of 1 to 512 characters such as {@code shop/db_password}. Its parts, between slashes, are
 * not empty; control characters, line separators and halves of surrogate pairs are refused, so that a name is always
 * one line and always the same bytes.
 */
public record SecretPath(String text) implements Comparable<SecretPath> {
    private static final int MAX_CHARACTERS = 512;

    /** @throws IllegalArgumentException with a sentence that says what is wrong */
    public SecretPath {
        if (text.isEmpty() || text.length() > MAX_CHARACTERS) {
            throw new IllegalArgumentException(
                    "a secret's name has 1 to " + MAX_CHARACTERS + " characters, this has " + text.length());
        }
        if (!text.codePoints().allMatch(SecretPath::printable)) {
            throw new IllegalArgumentException("a secret's name has no control characters or line breaks");
        }
        if (text.indexOf('\ufffd') >= 0) {
            throw new IllegalArgumentException(
                    "a secret's name is text in UTF-8, this was lost in another encoding: LC_ALL=C.UTF-8 helps");
        }
        if (text.startsWith("/") || text.endsWith("/") || text.contains("//")) {
            throw new IllegalArgumentException("a secret's name has no empty part between slashes, this is " + text);
        }
        if (text.isBlank()) {
            throw new IllegalArgumentException("a secret's name is not blank");
        }
    }

    private static boolean printable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                false;
            default -> true;
        };
    }

    @Override
    public int compareTo(SecretPath other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
