package io.dso.provider.vault;

import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.ProviderConfig;
import io.dso.provider.vault.engine.Leases;
import io.dso.provider.vault.http.Address;
import io.dso.provider.vault.http.Tls;
import io.dso.provider.vault.token.AuthMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The provider's configuration.
 *
 * @param namespace of the secrets, empty for the root
 * @param timeout of one request to the server
 * @param auth how we log in
 * @param authNamespace where we log in
 * @param push how the server tells of changes
 * @param digestKey a file with the key of digests; one of this process alone without it
 */
record Settings(
        Address address,
        String namespace,
        Duration timeout,
        Tls tls,
        AuthMethod auth,
        String authNamespace,
        Leases.Terms leases,
        Optional<Path> digestKey,
        VaultStore.Push push) {
    private static final Path KUBERNETES_TOKEN = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");

    /** @throws ConfigException if it is wrong */
    static Settings of(ProviderConfig config) {
        var namespace = namespace(config, "");
        var auth = config.part("auth");
        return new Settings(
                address(config),
                namespace,
                config.duration("timeout", Duration.ofSeconds(4)),
                tls(config.part("tls")),
                auth(auth),
                namespace(auth, namespace),
                leases(config.part("leases")),
                config.findPath("digest-key-file"),
                config.flag("push", false) ? VaultStore.Push.EVENTS : VaultStore.Push.NONE);
    }

    private static Address address(ProviderConfig config) {
        var text = config.text("address");
        boolean plain = config.flag("allow-plain-http", false);
        Address address;
        try {
            address = Address.parse(text);
        } catch (IllegalArgumentException e) {
            throw config.wrong("address", "as https://vault.example:8200 or unix:///run/vault.sock");
        }
        if (!address.isPrivate() && !plain) {
            throw config.wrong(
                    "address",
                    "https: over plain http tokens and secrets can be read on the way ('allow-plain-http: true' takes that)");
        }
        return address;
    }

    private static Tls tls(ProviderConfig tls) {
        var certificate = tls.findPath("certificate");
        var key = tls.findPath("key");
        if (certificate.isPresent() != key.isPresent()) {
            throw new ConfigException("'tls.certificate' and 'tls.key' belong together");
        }
        return new Tls(tls.findPath("ca"), certificate.map(file -> new Tls.Identity(file, key.orElseThrow())));
    }

    private static AuthMethod auth(ProviderConfig auth) {
        return switch (auth.text("method")) {
            case "token" -> new AuthMethod.TokenFile(auth.path("token-file"));
            case "approle" -> appRole(auth);
            case "jwt" -> new AuthMethod.Jwt(mount(auth, "jwt"), auth.text("role"), auth.path("jwt-file"));
            case "kubernetes" ->
                new AuthMethod.Jwt(
                        mount(auth, "kubernetes"),
                        auth.text("role"),
                        auth.findPath("jwt-file").orElse(KUBERNETES_TOKEN));
            case "cert" -> new AuthMethod.Certificate(mount(auth, "cert"), auth.findText("role"));
            default -> throw auth.wrong("method", "token, approle, jwt, kubernetes or cert");
        };
    }

    private static AuthMethod appRole(ProviderConfig auth) {
        var form = auth.flag("wrapped", false) ? AuthMethod.Form.WRAPPED : AuthMethod.Form.PLAIN;
        var secretId = auth.findPath("secret-id-file").map(file -> new AuthMethod.SecretId(file, form));
        return new AuthMethod.AppRole(mount(auth, "approle"), auth.path("role-id-file"), secretId);
    }

    private static String mount(ProviderConfig auth, String otherwise) {
        return trimmed(auth, "mount", otherwise);
    }

    private static String namespace(ProviderConfig config, String otherwise) {
        return trimmed(config, "namespace", otherwise);
    }

    private static String trimmed(ProviderConfig config, String key, String otherwise) {
        var text = config.text(key, "-").replaceAll("^/+|/+$", "");
        if (text.equals("-")) {
            return otherwise;
        }
        if (!text.matches("[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")) {
            throw config.wrong(key, "a path of letters, digits, '-', '_' and '.'");
        }
        return text;
    }

    private static Leases.Terms leases(ProviderConfig leases) {
        var onStop = switch (leases.text("on-stop", "keep")) {
            case "keep" -> Leases.OnStop.KEEP;
            case "revoke" -> Leases.OnStop.REVOKE;
            default -> throw leases.wrong("on-stop", "keep or revoke");
        };
        return new Leases.Terms(
                leases.duration("overlap", Duration.ofMinutes(10)),
                leases.duration("unused", Duration.ofMinutes(15)),
                onStop);
    }
}
