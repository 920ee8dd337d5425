package io.dso.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/** A real OpenBao that keeps its data in memory, on a port of loopback. */
final class BaoServer implements AutoCloseable {
    /** The user that the provider has to run as to read the token. */
    static final int PROVIDER_USER = 64150;

    private static final String ROOT = "root-of-the-test";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String address = "http://127.0.0.1:" + Settings.freePort();
    private final Process process;
    private final Path token;

    private BaoServer(Path program, Path directory) throws IOException {
        Files.createDirectories(directory);
        token = directory.resolve("bao.token");
        Files.writeString(token, ROOT);
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        Files.setAttribute(token, "unix:uid", PROVIDER_USER);
        var line = List.of(
                program.toString(),
                "server",
                "-dev",
                "-dev-root-token-id=" + ROOT,
                "-dev-listen-address=" + address.substring("http://".length()),
                "-dev-no-store-token");
        var builder = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("bao.log").toFile());
        builder.environment().clear();
        process = builder.start();
        Await.until("OpenBao serves", Duration.ofSeconds(30), () -> {
            post("/secret/data/ready", "{'data':{}}");
            return true;
        });
    }

    /** A new one with KV version 2 at {@code secret}; where {@code ./test} couldn't get the program, the test is skipped. */
    static BaoServer start(Path directory) {
        try {
            return new BaoServer(Settings.program("OPENBAO"), directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The {@code config} of a provider that may do everything here; with more keys. */
    String config(String more) {
        return "{ address: \"%s\", auth: { method: token, token-file: %s }%s }".formatted(address, token, more);
    }

    /** @param json with single quotes */
    void post(String path, String json) {
        var request = HttpRequest.newBuilder(URI.create(address + "/v1" + path))
                .POST(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')))
                .header("X-Vault-Token", ROOT)
                .build();
        try {
            var response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(path + ": " + response.statusCode() + " " + response.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        Command.end(process);
    }
}
