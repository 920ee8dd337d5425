package io.dso.provider.vault.engine;

/**
 * A secrets engine where it is mounted.
 *
 * @param path without a slash at its end
 */
public record Mount(String path, Kind kind) {
    /** How its secrets are asked for. */
    public enum Kind {
        /** Key and value, without versions. */
        KV_ONE,
        /** Key and value, with versions. */
        KV_TWO,
        /** Makes secrets when it is asked, or changes them by itself. */
        MAKER
    }

    /** What is left of a path of this mount. */
    String rest(SecretPath secret) {
        return secret.path().substring(path.length() + 1);
    }

    /** A path of this mount for a URL, with the infix of an API, e.g. {@code data}. */
    String url(String infix, String rest) {
        return "/v1/" + SecretPath.escaped(path) + "/" + (infix.isEmpty() ? "" : infix + "/")
                + SecretPath.escaped(rest);
    }

    boolean holds(SecretPath secret) {
        return secret.path().startsWith(path + "/");
    }
}
