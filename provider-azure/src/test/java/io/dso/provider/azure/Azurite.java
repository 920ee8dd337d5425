package io.dso.provider.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dso.provider.sdk.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Storage queues, as Microsoft's emulator has them, over TLS and with tokens, on a port of loopback; {@code ./test} says where its
 * program is. It keeps everything in memory: stopped, it has forgotten its queues.
 */
final class Azurite implements AutoCloseable {
    private static final String TOKEN = token("https://storage.azure.com");

    private final Path program;
    private final Path directory;
    private final KeyPairFile pair;
    private final HttpClient http;
    private final int port;
    private @Nullable Process process;

    private Azurite(Path program, Path directory, KeyPairFile pair, int port)
            throws IOException, GeneralSecurityException {
        this.program = program;
        this.directory = directory;
        this.pair = pair;
        this.port = port;
        http = HttpClient.newBuilder().sslContext(trusting(pair)).build();
    }

    private static SSLContext trusting(KeyPairFile pair) throws IOException, GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, Pem.authorities(pair.authority()), null);
        return context;
    }

    static boolean canBeHad() {
        return System.getenv("DSO_TEST_AZURITE") != null;
    }

    /** A new one; without its program, the test is skipped. */
    static Azurite launch(Path directory) throws IOException {
        var why = System.getenv("DSO_TEST_AZURITE_MISSING");
        assumeTrue(canBeHad(), "no server of Azure's queues: " + (why == null ? "run this by ./test" : why));
        var program = Path.of(
                String.valueOf(System.getenv("DSO_TEST_AZURITE")), "node_modules/azurite/dist/src/queue/main.js");
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new Azurite(program, directory, KeyPairFile.make(directory, "CN=queues"), socket.getLocalPort());
        } catch (GeneralSecurityException | InterruptedException e) {
            throw new IOException(e);
        }
    }

    Azurite start() throws IOException {
        var started = new ProcessBuilder(List.of(
                        "node",
                        program.toString(),
                        "--inMemoryPersistence",
                        "--disableTelemetry",
                        "--silent",
                        "--queuePort",
                        Integer.toString(port),
                        "--oauth",
                        "basic",
                        "--cert",
                        pair.store().toString(),
                        "--pwd",
                        KeyPairFile.PASSWORD))
                .directory(directory.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process = started;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!answers()) {
            assertThat(started.isAlive()).as("the server lives").isTrue();
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        return this;
    }

    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The certificate to trust. */
    Path authority() {
        return pair.authority();
    }

    /** The address of a queue that is there or isn't. */
    String address(String queue) {
        return "https://127.0.0.1:" + port + "/devstoreaccount1/" + queue;
    }

    /** Makes a queue. */
    String make(String queue) throws IOException {
        send(request(queue, "").PUT(HttpRequest.BodyPublishers.noBody()), 201);
        return address(queue);
    }

    /** @param text as a reader gets it */
    void put(String queue, String text) throws IOException {
        var escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        var body = "<QueueMessage><MessageText>" + escaped + "</MessageText></QueueMessage>";
        send(request(queue, "/messages").POST(HttpRequest.BodyPublishers.ofString(body)), 201);
    }

    /** An event as Event Grid writes it to a queue. */
    void putEvent(String queue, String vault, String secret) throws IOException {
        put(queue, Base64.getEncoder().encodeToString(event(vault, secret).getBytes(StandardCharsets.UTF_8)));
    }

    /** As Microsoft documents it. */
    static String event(String vault, String secret) {
        return """
                {"id": "00eccf70-95a7-4e7c-8299-2eb17ee9ad64", "subject": "%2$s", "dataVersion": "1", "metadataVersion": "1",
                 "topic": "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/%1$s",
                 "eventType": "Microsoft.KeyVault.SecretNewVersionCreated", "eventTime": "2026-01-31T12:00:00.1036736Z",
                 "data": {"Id": "https://%1$s.vault.azure.net/secrets/%2$s/ee05", "VaultName": "%1$s", "ObjectType": "Secret",
                          "ObjectName": "%2$s", "Version": "ee05", "NBF": null, "EXP": null}}
                """.formatted(vault, secret);
    }

    /** How many there are, read and hidden ones among them. */
    int messages(String queue) throws IOException {
        return Integer.parseInt(send(request(queue, "?comp=metadata").GET(), 200)
                .headers()
                .firstValue("x-ms-approximate-messages-count")
                .orElseThrow());
    }

    private HttpRequest.Builder request(String queue, String rest) {
        return HttpRequest.newBuilder(URI.create(address(queue) + rest))
                .header("x-ms-version", "2021-12-02")
                .header("Authorization", "Bearer " + TOKEN);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, int expected) throws IOException {
        try {
            var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expected);
            return answer;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** A token that it takes, if it is for storage: it looks at everything but the signature. */
    static String token(String audience) {
        long now = Instant.now().getEpochSecond();
        var claims =
                "{\"aud\":\"%s\",\"iss\":\"https://sts.windows.net/tenant/\",\"iat\":%2$d,\"nbf\":%2$d,\"exp\":%3$d}"
                        .formatted(audience, now - 60, now + 3600);
        return base64("{\"typ\":\"JWT\",\"alg\":\"RS256\"}") + "." + base64(claims) + "." + base64("signature");
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    void stop() {
        var running = process;
        process = null;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    @Override
    public void close() {
        stop();
        http.close();
    }
}
