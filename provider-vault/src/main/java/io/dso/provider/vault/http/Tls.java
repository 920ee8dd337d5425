package io.dso.provider.vault.http;

import io.dso.provider.sdk.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom we trust and who we are. Files that change are read again for the next connection, so that a certificate can be
 * renewed under a running provider. Thread-safe.
 */
public final class Tls {
    private static final char[] NO_PASSWORD = {};

    private final Optional<Path> authorities;
    private final Optional<Identity> identity;
    private @Nullable Loaded loaded;

    /**
     * Our certificate.
     *
     * @param certificate a PEM file, ours first
     * @param key a PEM file with its PKCS#8 key
     */
    public record Identity(Path certificate, Path key) {}

    private record Loaded(List<FileTime> times, SSLContext context) {}

    /**
     * Reads nothing yet.
     *
     * @param authorities a PEM file with whom to trust; the system's authorities without one
     */
    public Tls(Optional<Path> authorities, Optional<Identity> identity) {
        this.authorities = authorities;
        this.identity = identity;
    }

    /**
     * For one connection: a client that accepts only a certificate for this very host.
     *
     * @throws IOException if a file can't be read or holds something else
     */
    SSLEngine engine(String host, int port) throws IOException {
        var engine = context().createSSLEngine(host, port);
        engine.setUseClientMode(true);
        var parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        engine.setSSLParameters(parameters);
        return engine;
    }

    /**
     * The context of what the files hold now.
     *
     * @throws IOException if one can't be read or holds something else; says which
     */
    public synchronized SSLContext context() throws IOException {
        var times = times();
        var known = loaded;
        if (known != null && known.times().equals(times)) {
            return known.context();
        }
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(identityManagers(), authorityManagers(), null);
            loaded = new Loaded(times, context);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS can't be set up: " + e.getClass().getSimpleName(), e);
        }
    }

    private List<FileTime> times() throws IOException {
        var times = new ArrayList<FileTime>();
        for (var file : files()) {
            times.add(Files.getLastModifiedTime(file));
        }
        return times;
    }

    private List<Path> files() {
        var files = new ArrayList<Path>();
        authorities.ifPresent(files::add);
        identity.ifPresent(mine -> files.addAll(List.of(mine.certificate(), mine.key())));
        return files;
    }

    private TrustManager @Nullable [] authorityManagers() throws IOException, GeneralSecurityException {
        return authorities.isPresent() ? Pem.authorities(authorities.get()) : null;
    }

    private KeyManager @Nullable [] identityManagers() throws IOException, GeneralSecurityException {
        if (identity.isEmpty()) {
            return null;
        }
        var mine = identity.get();
        var chain = Pem.certificates(mine.certificate());
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        var key = Pem.privateKey(mine.key(), chain.getFirst().getPublicKey().getAlgorithm());
        store.setKeyEntry("me", key, NO_PASSWORD, chain.toArray(java.security.cert.Certificate[]::new));
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }
}
