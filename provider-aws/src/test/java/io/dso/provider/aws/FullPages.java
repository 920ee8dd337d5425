package io.dso.provider.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Lists parameters as Parameter Store does, fifty a page: moto has ten. Has whichever it is asked for; counts the calls. */
final class FullPages implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("\"(/prod/[a-z0-9]+)\"");

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final Queue<String> calls = new ConcurrentLinkedQueue<>();

    FullPages() throws IOException {
        server.createContext("/", this::list);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<String> calls() {
        return List.copyOf(calls);
    }

    private void list(HttpExchange exchange) throws IOException {
        try (exchange) {
            calls.add(exchange.getRequestHeaders().getFirst("X-Amz-Target"));
            var asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var found = NAME.matcher(asked)
                    .results()
                    .map(FullPages::parameter)
                    .collect(Collectors.joining(",", "{\"Parameters\":[", "]}"))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, found.length);
            exchange.getResponseBody().write(found);
        }
    }

    private static String parameter(MatchResult name) {
        return "{\"Name\":\"%s\",\"Version\":3,\"LastModifiedDate\":1764300000}".formatted(name.group(1));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
