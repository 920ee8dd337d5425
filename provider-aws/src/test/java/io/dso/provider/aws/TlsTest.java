package io.dso.provider.aws;

import static io.dso.provider.aws.World.name;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.sdk.StoreFailure.Kind;
import io.dso.provider.sdk.VersionAnswer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service whose certificate is for {@code localhost}, and which nobody signed that a machine trusts. */
class TlsTest {
    private static final String PASSWORD = "changeit";
    private static final String TRUSTED = "javax.net.ssl.trustStore";

    @TempDir
    Path directory;

    private final AtomicInteger requests = new AtomicInteger();
    private HttpsServer server;

    @BeforeEach
    void start() throws Exception {
        var keys = keys();
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            try (exchange) {
                requests.incrementAndGet();
                byte[] answer = "{\"VersionIdsToStages\":{\"v1\":[\"AWSCURRENT\"]}}".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        System.clearProperty(TRUSTED);
        System.clearProperty(TRUSTED + "Password");
        if (server != null) {
            server.stop(0);
        }
    }

    private KeyStore keys() throws Exception {
        var file = directory.resolve("keys.p12");
        var tool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD))
                .redirectErrorStream(true)
                .start();
        var said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tool.waitFor()).as(said).isZero();
        return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    }

    /** Has this machine trust the certificate: the client knows no authorities but the machine's. */
    private void trust() {
        System.setProperty(TRUSTED, directory.resolve("keys.p12").toString());
        System.setProperty(TRUSTED + "Password", PASSWORD);
    }

    private VersionAnswer look(String host) throws Exception {
        try (var store = World.store(
                directory, "https://%s:%d".formatted(host, server.getAddress().getPort()), "")) {
            return store.versions(List.of(name("db"))).getFirst();
        }
    }

    private static StoreFailure failure(VersionAnswer answer) {
        assertThat(answer).isInstanceOf(VersionAnswer.Failed.class);
        return ((VersionAnswer.Failed) answer).failure();
    }

    @Test
    void a_certificate_of_a_stranger_is_refused_and_said_to_be_so() throws Exception {
        var failure = failure(look("localhost"));

        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure.why())
                .isEqualTo("Secrets Manager can't be trusted: its certificate is not from an authority we trust");
        assertThat(requests).as("requests with credentials").hasValue(0);
    }

    @Test
    void a_certificate_for_another_host_is_refused_and_said_to_be_so() throws Exception {
        trust();

        assertThat(look("localhost")).isEqualTo(new VersionAnswer.Current("v1"));
        requests.set(0);
        var failure = failure(look("127.0.0.1"));

        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure.why()).isEqualTo("Secrets Manager can't be trusted: its certificate is for another host");
        assertThat(requests).as("requests with credentials").hasValue(0);
    }
}
