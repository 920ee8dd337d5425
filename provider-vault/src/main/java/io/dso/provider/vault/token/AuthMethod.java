package io.dso.provider.vault.token;

import java.nio.file.Path;
import java.util.Optional;

/** How a token is had. Credentials are in files, and read when they are needed. */
public sealed interface AuthMethod {

    /** The token itself; the file is read again when the token is refused or the file is another one. */
    record TokenFile(Path file) implements AuthMethod {}

    /**
     * A role and, unless the role needs none, a secret.
     *
     * @param mount where the method is, e.g. {@code approle}
     */
    record AppRole(String mount, Path roleIdFile, Optional<SecretId> secretId) implements AuthMethod {}

    /** A JSON Web Token of another issuer: method {@code jwt}, and {@code kubernetes} as well. */
    record Jwt(String mount, String role, Path jwtFile) implements AuthMethod {}

    /** The client certificate of the TLS connection. */
    record Certificate(String mount, Optional<String> role) implements AuthMethod {}

    /** Where a secret-id is, and what the file holds. */
    record SecretId(Path file, Form form) {}

    /** What a file holds of a secret-id. */
    enum Form {
        PLAIN,
        /** A token of response wrapping, good for one use. */
        WRAPPED
    }
}
