package io.dso.provider.vault.token;

import io.dso.provider.sdk.CredentialFile;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.vault.api.Json;
import io.dso.provider.vault.api.JsonText;
import io.dso.provider.vault.api.Lifetime;
import io.dso.provider.vault.api.Refusal;
import io.dso.provider.vault.api.VaultApi;
import io.dso.provider.vault.http.Request;
import io.dso.provider.vault.token.AuthMethod.SecretId;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes tokens, one login each. Not thread-safe. */
final class Login implements AutoCloseable {
    private final VaultApi api;
    private final String namespace;
    private final AuthMethod method;
    private final InstantSource clock;

    /** A wrapped secret-id can be had once: kept for the next login, with what it was wrapped in. */
    private @Nullable Unwrapped unwrapped;

    private record Unwrapped(byte[] wrapper, byte[] secretId) {}

    Login(VaultApi api, String namespace, AuthMethod method, InstantSource clock) {
        this.api = api;
        this.namespace = namespace;
        this.method = method;
        this.clock = clock;
    }

    /** A token. */
    Token login() throws StoreException, InterruptedException {
        return switch (method) {
            case AuthMethod.TokenFile(var file) -> {
                byte[] bytes = CredentialFile.read(file, CredentialFile.Readers.NOT_OTHERS);
                try {
                    yield adopted(bytes);
                } catch (StoreException | InterruptedException e) {
                    Arrays.fill(bytes, (byte) 0);
                    throw e;
                }
            }
            case AuthMethod.AppRole role -> appRole(role);
            case AuthMethod.Jwt(var mount, var role, var file) -> {
                byte[] jwt = CredentialFile.read(file, CredentialFile.Readers.ANY);
                try (var body = new JsonText().with("role", role).with("jwt", jwt)) {
                    yield login(mount, body);
                } finally {
                    Arrays.fill(jwt, (byte) 0);
                }
            }
            case AuthMethod.Certificate(var mount, var role) -> {
                try (var body = new JsonText()) {
                    role.ifPresent(name -> body.with("name", name));
                    yield login(mount, body);
                }
            }
        };
    }

    /** Whether the token's file holds another token by now. */
    boolean isOutdated(Token token) {
        if (!(method instanceof AuthMethod.TokenFile(var file))) {
            return false;
        }
        try {
            byte[] now = CredentialFile.read(file, CredentialFile.Readers.NOT_OTHERS);
            boolean same = token.holds(now);
            Arrays.fill(now, (byte) 0);
            return !same;
        } catch (StoreException e) {
            return false; // what we have is as good as before
        }
    }

    private Token appRole(AuthMethod.AppRole role) throws StoreException, InterruptedException {
        byte[] roleId = CredentialFile.read(role.roleIdFile(), CredentialFile.Readers.ANY);
        var secretId = secretId(role);
        try (var body = new JsonText().with("role_id", roleId)) {
            secretId.ifPresent(secret -> body.with("secret_id", secret));
            return login(role.mount(), body);
        } finally {
            Arrays.fill(roleId, (byte) 0);
            secretId.ifPresent(secret -> Arrays.fill(secret, (byte) 0));
        }
    }

    private Optional<byte[]> secretId(AuthMethod.AppRole role) throws StoreException, InterruptedException {
        if (role.secretId().isEmpty()) {
            return Optional.empty();
        }
        var source = role.secretId().get();
        if (source.form() == AuthMethod.Form.PLAIN) {
            return Optional.of(CredentialFile.read(source.file(), CredentialFile.Readers.NOT_OTHERS));
        }
        return Optional.of(unwrap(role.mount(), source));
    }

    private byte[] unwrap(String mount, SecretId source) throws StoreException, InterruptedException {
        var known = unwrapped;
        byte[] wrapper;
        try {
            wrapper = CredentialFile.read(source.file(), CredentialFile.Readers.NOT_OTHERS);
        } catch (StoreException e) {
            if (known != null) {
                return known.secretId().clone(); // whoever removes a used wrapper is tidy
            }
            throw e;
        }
        if (known != null && Arrays.equals(known.wrapper(), wrapper)) {
            Arrays.fill(wrapper, (byte) 0);
            return known.secretId().clone();
        }
        try {
            refuseForeign(mount, source, wrapper);
            byte[] secretId = unwrap(source, wrapper);
            close();
            unwrapped = new Unwrapped(wrapper, secretId);
            return secretId.clone();
        } catch (StoreException | InterruptedException e) {
            Arrays.fill(wrapper, (byte) 0);
            throw e;
        }
    }

    private byte[] unwrap(SecretId source, byte[] wrapper) throws StoreException, InterruptedException {
        var request = Request.post("/v1/sys/wrapping/unwrap", new byte[0]);
        try (var reply = api.send(request, new AsciiString(wrapper, false), namespace)) {
            if (reply.status() != 200) {
                throw used(source);
            }
            try (var answer = new Json(reply.body());
                    var data = answer.object("data")) {
                return data.bytes("secret_id");
            }
        }
    }

    /** Who puts another wrapper in our place could make us use a secret-id of theirs. */
    private void refuseForeign(String mount, SecretId source, byte[] wrapper)
            throws StoreException, InterruptedException {
        try (var body = new JsonText().with("token", wrapper);
                var reply = api.send(Request.post("/v1/sys/wrapping/lookup", body.bytes()), "", namespace)) {
            if (reply.status() != 200) {
                throw reply.status() < 500 ? used(source) : Refusal.of(reply, "sys/wrapping/lookup");
            }
            try (var answer = new Json(reply.body());
                    var data = answer.object("data")) {
                var path = data.text("creation_path");
                var prefix = "auth/" + mount + "/role/";
                if (!path.contains(prefix) || !path.endsWith("/secret-id")) {
                    throw StoreException.unauthenticated(
                            source.file() + " wraps something else than a secret-id of auth/" + mount);
                }
            }
        }
    }

    private static StoreException used(SecretId source) {
        return StoreException.unauthenticated("the wrapped secret-id in " + source.file()
                + " was used before, or its time is over: write a new one; if we didn't use it, somebody else did");
    }

    private Token login(String mount, JsonText body) throws StoreException, InterruptedException {
        var request = Request.post("/v1/auth/" + mount + "/login", body.bytes());
        try (var reply = api.send(request, "", namespace)) {
            if (reply.status() != 200) {
                throw refused(Refusal.of(reply, "the login at auth/" + mount), mount);
            }
            try (var answer = new Json(reply.body());
                    var auth = answer.object("auth")) {
                var ttl = Duration.ofSeconds(auth.number("lease_duration"));
                var life = Lifetime.granted(clock.instant(), ttl, auth.flag("renewable"));
                return new Token(auth.bytes("client_token"), Token.Origin.LOGIN, life);
            }
        }
    }

    private static StoreException refused(StoreException e, String mount) {
        return switch (e.failure().kind()) {
            case INVALID, DENIED, NOT_FOUND ->
                StoreException.unauthenticated("the login at auth/" + mount + " is refused: "
                        + e.failure().why());
            case UNAUTHENTICATED, THROTTLED, UNAVAILABLE -> e;
        };
    }

    /** Learns how long a token lives that somebody else made. Takes the array over, unless it fails. */
    private Token adopted(byte[] bytes) throws StoreException, InterruptedException {
        try (var reply =
                api.send(Request.get("/v1/auth/token/lookup-self"), new AsciiString(bytes, false), namespace)) {
            if (reply.status() != 200) {
                var failure = Refusal.of(reply, "auth/token/lookup-self");
                throw failure.failure().kind() == StoreFailure.Kind.DENIED
                        ? StoreException.unauthenticated("the server refuses the token")
                        : failure;
            }
            try (var answer = new Json(reply.body());
                    var data = answer.object("data")) {
                var ttl = Duration.ofSeconds(data.number("ttl"));
                var life = Lifetime.granted(clock.instant(), ttl, data.flag("renewable"));
                return new Token(bytes, Token.Origin.FILE, life);
            }
        }
    }

    @Override
    public void close() {
        if (unwrapped != null) {
            Arrays.fill(unwrapped.wrapper(), (byte) 0);
            Arrays.fill(unwrapped.secretId(), (byte) 0);
            unwrapped = null;
        }
    }
}
