package io.dso.agent.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.SSLConfig;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** A client with a pool of connections of its own; made when it is needed, which takes longer than all else at start. */
final class Connections implements AutoCloseable {
    private final String host;
    private final Duration responseTimeout;
    private @Nullable Client client;

    private record Client(DockerClient docker, DockerHttpClient http) {}

    Connections(String host, Duration responseTimeout) {
        this.host = host;
        this.responseTimeout = responseTimeout;
    }

    /** With types. */
    DockerClient client() {
        return made().docker();
    }

    /** Without: the same connections. */
    DockerHttpClient http() {
        return made().http();
    }

    private synchronized Client made() {
        if (client == null) {
            var config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                    .withDockerHost(host)
                    .build();
            var http = new ZerodepDockerHttpClient.Builder()
                    .dockerHost(config.getDockerHost())
                    .sslConfig(ssl(config))
                    .connectionTimeout(Duration.ofSeconds(5))
                    .responseTimeout(responseTimeout)
                    .maxConnections(64)
                    .build();
            client = new Client(DockerClientImpl.getInstance(config, http), http);
        }
        return client;
    }

    /** Without TLS none of the system's certificates is needed; reading them takes longer than all else at start. */
    private static SSLConfig ssl(DockerClientConfig config) {
        var tls = config.getSSLConfig();
        return tls != null || !config.getDockerHost().getScheme().equals("unix")
                ? tls
                : () -> {
                    var none = SSLContext.getInstance("TLS");
                    none.init(new KeyManager[0], new TrustManager[0], null);
                    return none;
                };
    }

    @Override
    public synchronized void close() throws IOException {
        if (client != null) {
            client.docker().close();
        }
    }
}
