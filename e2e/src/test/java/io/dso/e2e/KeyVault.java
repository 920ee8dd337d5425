package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/** Answers as Azure Key Vault and the issuer of its tokens do, on a port of loopback: there is no server of it to be had. */
final class KeyVault implements AutoCloseable {
    private static final String VERSION = "0123456789abcdef0123456789abcdef";

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final Map<String, String> values = new ConcurrentHashMap<>();
    private final Path credential;

    KeyVault(Path directory) throws IOException {
        Files.createDirectories(directory);
        credential = Files.writeString(directory.resolve("secret"), "application's secret");
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/tenant/oauth2/v2.0/token", exchange -> {
            exchange.getRequestBody().readAllBytes();
            send(exchange, 200, "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"the.token\"}");
        });
        server.createContext("/secrets", this::secret);
        server.start();
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The {@code config} of a provider, as JSON. */
    String config() {
        return """
                {"vault": "%1$s", "auth": {"method": "client-secret", "tenant-id": "tenant", "client-id": "app",
                 "secret-file": "%2$s", "authority": "%1$s"}}
                """.formatted(address(), credential);
    }

    /** @param value as it stands in JSON */
    KeyVault has(String name, String value) {
        values.put(name, value);
        return this;
    }

    /** {@code /secrets}, {@code /secrets/NAME/versions} or {@code /secrets/NAME/VERSION}. */
    private void secret(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath().split("/");
        if (path.length == 2) {
            send(
                    exchange,
                    200,
                    "{\"value\":["
                            + String.join(
                                    ",",
                                    values.keySet().stream().map(this::item).toList()) + "]}");
            return;
        }
        var value = values.get(path[2]);
        if (value == null || path.length != 4) {
            send(exchange, 404, "{\"error\":{\"code\":\"SecretNotFound\"}}");
        } else if (path[3].equals("versions")) {
            send(exchange, 200, "{\"value\":[" + item(path[2] + "/" + VERSION) + "]}");
        } else if (path[3].equals(VERSION)) {
            var item = item(path[2] + "/" + VERSION);
            send(exchange, 200, item.substring(0, item.length() - 1) + ",\"value\":\"" + value + "\"}");
        } else {
            send(exchange, 404, "{\"error\":{\"code\":\"SecretNotFound\"}}");
        }
    }

    private String item(String path) {
        return "{\"id\":\"%s/secrets/%s\",\"attributes\":{\"enabled\":true,\"created\":1000,\"updated\":1000}}"
                .formatted(address(), path);
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
