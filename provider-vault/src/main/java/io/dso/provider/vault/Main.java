package io.dso.provider.vault;

import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.ProviderConfig;
import io.dso.provider.sdk.ProviderProcess;
import io.dso.provider.vault.api.VaultApi;
import io.dso.provider.vault.engine.Digest;
import io.dso.provider.vault.engine.Events;
import io.dso.provider.vault.engine.KvTwo;
import io.dso.provider.vault.engine.Leases;
import io.dso.provider.vault.engine.Mounts;
import io.dso.provider.vault.engine.Unversioned;
import io.dso.provider.vault.http.Http;
import io.dso.provider.vault.token.Session;
import io.dso.provider.vault.token.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The process {@code dso-provider-vault}. Its configuration is told in docs/providers/vault.md. */
public final class Main {
    private static final int KEY_BYTES = 32;

    private Main() {}

    public static void main(String[] arguments) {
        ProviderProcess.run(arguments, config -> open(config, InstantSource.system()));
    }

    static VaultStore open(ProviderConfig config, InstantSource clock) {
        var settings = Settings.of(config);
        try {
            settings.tls().context();
        } catch (IOException e) {
            throw new ConfigException(String.valueOf(e.getMessage()), e);
        }
        var digest = digest(settings.digestKey());
        var api = new VaultApi(new Http(settings.address(), settings.tls(), settings.timeout()));
        var tokens = new Tokens(api, settings.authNamespace(), settings.auth(), clock);
        var session = new Session(api, tokens, settings.namespace());
        var mounts = new Mounts(session, clock);
        var leases = new Leases(session, settings.leases(), clock);
        return new VaultStore(
                session,
                mounts,
                new KvTwo(session, mounts, clock),
                new Unversioned(session, mounts, digest),
                leases,
                new Events(session, mounts),
                settings.push(),
                List.of(new Keeper(tokens, leases)::close, leases::close, tokens::close, api::close));
    }

    private static Digest digest(Optional<Path> file) {
        byte[] key = new byte[KEY_BYTES];
        try {
            if (file.isEmpty()) {
                new SecureRandom().nextBytes(key);
                return new Digest(key);
            }
            try (var in = Files.newInputStream(file.get())) {
                if (in.readNBytes(key, 0, KEY_BYTES) < KEY_BYTES) {
                    throw new ConfigException(
                            "'digest-key-file' has to hold at least 32 bytes: head -c 32 /dev/urandom");
                }
            }
            return new Digest(key);
        } catch (IOException e) {
            throw new ConfigException(
                    "'digest-key-file' can't be read: " + e.getClass().getSimpleName(), e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }
}
