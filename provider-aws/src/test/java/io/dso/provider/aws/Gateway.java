package io.dso.provider.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;

/** Stands before a server: counts the calls by their names, and answers some of them itself. */
final class Gateway implements AutoCloseable {
    private static final Set<String> HOP =
            Set.of("connection", "content-length", "transfer-encoding", "expect", "upgrade");

    private final HttpServer server;
    private final HttpClient http = HttpClient.newHttpClient();
    private final AwsServer behind;
    private final Queue<String> calls = new ConcurrentLinkedQueue<>();
    private final Queue<String> authorizations = new ConcurrentLinkedQueue<>();
    private final Queue<Answer> own = new ConcurrentLinkedQueue<>();

    /** What is answered instead of the server, once, to the next call whose name ends so. */
    record Answer(String call, int status, String type, String message) {}

    Gateway(AwsServer behind) throws IOException {
        this.behind = behind;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void answers(Answer answer) {
        own.add(answer);
    }

    /** Names of the calls since the last time this was asked; a plus behind them is for a further page. */
    List<String> calls() {
        var names = List.copyOf(calls);
        calls.clear();
        return names;
    }

    /** The headers {@code Authorization} that were sent. */
    List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            var target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
            var name = target == null ? action(body) : target.substring(target.indexOf('.') + 1);
            calls.add(name + (new String(body, StandardCharsets.UTF_8).contains("\"NextToken\"") ? "+" : ""));
            var authorization = exchange.getRequestHeaders().getFirst("Authorization");
            authorizations.add(name + " " + authorization);
            for (var answer : own) {
                if (name.equals(answer.call()) && own.remove(answer)) {
                    refuse(exchange, answer);
                    return;
                }
            }
            forward(exchange, body);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static String action(byte[] body) {
        var text = new String(body, StandardCharsets.UTF_8);
        int at = text.indexOf("Action=");
        return at < 0 ? "" : text.substring(at + 7).split("&", 2)[0];
    }

    private static String element(String xml, String name) {
        return xml.split("</?" + name + ">", -1)[1];
    }

    /** As these services say it; moto says it in XML when its access control refuses. */
    private static void refuse(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = "{\"__type\":\"%s\",\"message\":\"%s\"}"
                .formatted(answer.type(), answer.message())
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
        exchange.getResponseHeaders().add("Retry-After", "7");
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
    }

    private void forward(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(behind.address() + exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        var response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        response.headers().map().forEach((name, values) -> {
            if (!HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> exchange.getResponseHeaders().add(name, value));
            }
        });
        if (response.statusCode() == 403 && response.body()[0] == '<') {
            var xml = new String(response.body(), StandardCharsets.UTF_8);
            refuse(exchange, new Answer("", 400, element(xml, "Code"), element(xml, "Message")));
            return;
        }
        exchange.sendResponseHeaders(response.statusCode(), response.body().length == 0 ? -1 : response.body().length);
        exchange.getResponseBody().write(response.body());
    }

    @Override
    public void close() {
        server.stop(0);
        http.close();
    }
}
