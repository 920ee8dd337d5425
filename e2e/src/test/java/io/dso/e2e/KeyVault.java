package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Answers as Azure Key Vault and the issuer of its tokens do, on a port of loopback: there is no server of it to be had. Of changes
 * it tells a queue, as Event Grid does.
 */
final class KeyVault implements AutoCloseable {
    /** Its name, as events tell it: the first part of its host. */
    private static final String NAME = "127";

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final Map<String, List<String>> values = new ConcurrentHashMap<>();
    private final AzuriteServer queue;
    private final Path credential;

    KeyVault(Path directory, AzuriteServer queue) throws IOException {
        this.queue = queue;
        Files.createDirectories(directory);
        credential = Files.writeString(directory.resolve("secret"), "application's secret");
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/tenant/oauth2/v2.0/token", this::token);
        server.createContext("/secrets", this::secret);
        server.createContext("/change/", exchange -> {
            var name = exchange.getRequestURI().getPath().substring("/change/".length());
            has(name, "changed " + values.getOrDefault(name, List.of()).size());
            send(exchange, 200, "");
        });
        server.start();
    }

    private void token(HttpExchange exchange) throws IOException {
        var form = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        var token = form.contains("storage.azure.com") ? AzuriteServer.token() : "the.token";
        send(exchange, 200, "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"" + token + "\"}");
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The {@code config} of a provider, as JSON. */
    String config() {
        return """
                {"vault": "%1$s", "auth": {"method": "client-secret", "tenant-id": "tenant", "client-id": "app",
                 "secret-file": "%2$s", "authority": "%1$s"}%3$s}
                """.formatted(address(), credential, queue.config());
    }

    /**
     * Gives a secret its value, or another one.
     *
     * @param value as it stands in JSON
     */
    KeyVault has(String name, String value) {
        values.computeIfAbsent(name, _ -> new CopyOnWriteArrayList<>()).add(value);
        queue.tellOfChange(NAME, name);
        return this;
    }

    /** For the shell: gives a secret another value. */
    String change(String name) {
        return "bash -c 'exec 3<>/dev/tcp/127.0.0.1/%d && printf \"GET /change/%s HTTP/1.0\\r\\n\\r\\n\" >&3 && cat <&3'"
                .formatted(server.getAddress().getPort(), name);
    }

    /** {@code /secrets}, {@code /secrets/NAME/versions} or {@code /secrets/NAME/VERSION}. */
    private void secret(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath().split("/");
        if (path.length == 2) {
            send(exchange, 200, page(values.keySet().stream().map(name -> item(name, 0))));
            return;
        }
        var versions = values.getOrDefault(path[2], List.of());
        var wanted = path.length == 4 ? path[3] : "";
        if (wanted.equals("versions") && !versions.isEmpty()) {
            send(
                    exchange,
                    200,
                    page(IntStream.range(0, versions.size()).mapToObj(i -> item(path[2] + "/" + id(i), i))));
            return;
        }
        for (int i = 0; i < versions.size(); i++) {
            if (wanted.equals(id(i))) {
                var item = item(path[2] + "/" + wanted, i);
                send(exchange, 200, item.substring(0, item.length() - 1) + ",\"value\":\"" + versions.get(i) + "\"}");
                return;
            }
        }
        send(exchange, 404, "{\"error\":{\"code\":\"SecretNotFound\"}}");
    }

    private static String id(int version) {
        return "%032x".formatted(version + 1);
    }

    private static String page(Stream<String> items) {
        return items.collect(Collectors.joining(",", "{\"value\":[", "]}"));
    }

    /** @param seconds since the vault's first one */
    private String item(String path, int seconds) {
        return "{\"id\":\"%s/secrets/%s\",\"attributes\":{\"enabled\":true,\"created\":%3$d,\"updated\":%3$d}}"
                .formatted(address(), path, 1000 + seconds);
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
