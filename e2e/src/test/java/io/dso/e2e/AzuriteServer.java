package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dso.provider.sdk.Pem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;

/** Azurite: a storage queue, over TLS and with tokens, on a port of loopback. */
final class AzuriteServer implements AutoCloseable {
    private static final String PASSWORD = "changeit";

    private final String token = token();
    private final Path authority;
    private final HttpClient http;
    private final String queue;
    private final Process process;

    private AzuriteServer(Path program, Path directory) throws IOException, GeneralSecurityException {
        Files.createDirectories(directory);
        var pair = directory.resolve("pair.p12");
        keytool(pair, "-genkeypair", "-keyalg", "EC", "-validity", "2", "-dname", "CN=q", "-ext", "san=ip:127.0.0.1");
        authority = directory.resolve("ca.pem");
        keytool(pair, "-exportcert", "-rfc", "-file", authority.toString());
        var context = SSLContext.getInstance("TLS");
        context.init(null, Pem.authorities(authority), null);
        http = HttpClient.newBuilder().sslContext(context).build();
        var port = Integer.toString(Settings.freePort());
        queue = "https://127.0.0.1:" + port + "/devstoreaccount1/dso-host1";
        var options =
                "--inMemoryPersistence --disableTelemetry --silent --oauth basic --queuePort %s --cert %s --pwd %s"
                        .formatted(port, pair, PASSWORD);
        var line = new ArrayList<>(List.of("node", program.toString()));
        line.addAll(List.of(options.split(" ")));
        process = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("azurite.log").toFile())
                .start();
        Await.until("Azurite serves", Duration.ofSeconds(60), () -> {
            send("", "PUT", "");
            return true;
        });
    }

    /** A new one with an empty queue; where {@code ./test} couldn't get it, the test is skipped. */
    static AzuriteServer start(Path directory) {
        var program = Settings.program("AZURITE").resolve("node_modules/azurite/dist/src/queue/main.js");
        try {
            return new AzuriteServer(program, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void keytool(Path store, String... arguments) {
        var program = Path.of(System.getProperty("java.home"), "bin", "keytool");
        var line = new ArrayList<>(List.of(program.toString()));
        line.addAll(List.of(arguments));
        line.addAll(
                List.of("-alias", "a", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD));
        Command.of(line.toArray(String[]::new)).run().succeeded();
    }

    /** One for storage: the server looks at everything in it but the signature. */
    static String token() {
        long now = Instant.now().getEpochSecond();
        var claims = """
                {"aud":"https://storage.azure.com","iss":"https://sts.windows.net/tenant/","iat":%1$d,"nbf":%1$d,"exp":%2$d}
                """.formatted(now - 60, now + 3600);
        return base64("{\"typ\":\"JWT\",\"alg\":\"RS256\"}") + "." + base64(claims.strip()) + "." + base64("signature");
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }

    /** Keys of the {@code config} of a provider that reads the queue, as JSON. */
    String config() {
        return ", \"queue\": \"%s\", \"ca-file\": \"%s\"".formatted(queue, authority);
    }

    /** What Event Grid writes after a change. */
    void tellOfChange(String vault, String secret) {
        var event = """
                {"id":"1","eventType":"Microsoft.KeyVault.SecretNewVersionCreated","subject":"%2$s",
                 "data":{"VaultName":"%1$s","ObjectType":"Secret","ObjectName":"%2$s"}}
                """.formatted(vault, secret);
        var text = Base64.getEncoder().encodeToString(event.getBytes(UTF_8));
        send("/messages", "POST", "<QueueMessage><MessageText>" + text + "</MessageText></QueueMessage>");
    }

    private void send(String path, String method, String body) {
        var request = HttpRequest.newBuilder(URI.create(queue + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("x-ms-version", "2021-12-02")
                .header("Authorization", "Bearer " + token)
                .build();
        ServerCall.answer(http, request);
    }

    @Override
    public void close() {
        Command.end(process);
        http.close();
    }
}
