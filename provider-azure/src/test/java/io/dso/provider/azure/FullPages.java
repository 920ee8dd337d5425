package io.dso.provider.azure;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A Key Vault of many quiet secrets {@code s0}, {@code s1} and so on, with pages as full as Key Vault's, and the issuer of its
 * tokens. Counts a call before it answers, so that whoever has an answer finds its call counted.
 */
final class FullPages implements AutoCloseable {
    private static final int PAGE = 25;
    private static final Pattern VERSIONS = Pattern.compile("/secrets/[^/]+/versions");

    /** What can be asked. A value comes with any other call for a secret. */
    enum Call {
        TOKEN,
        LIST,
        VERSIONS,
        VALUE
    }

    private final int secrets;
    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

    FullPages(int secrets) throws IOException {
        this.secrets = secrets;
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Those since the last time. */
    List<Call> calls() {
        var made = List.copyOf(calls);
        calls.clear();
        return made;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            var path = exchange.getRequestURI().getPath();
            var call = path.contains("oauth2")
                    ? Call.TOKEN
                    : path.equals("/secrets")
                            ? Call.LIST
                            : VERSIONS.matcher(path).matches() ? Call.VERSIONS : Call.VALUE;
            calls.add(call);
            var json = switch (call) {
                case TOKEN -> FakeVault.token(FakeVault.TOKEN);
                case LIST -> page(exchange.getRequestURI().getQuery());
                case VERSIONS -> "{\"value\":[%s]}".formatted(item(path.replace("/versions", "/aa")));
                case VALUE -> item(path).replaceFirst("}$", ",\"value\":\"x\"}");
            };
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** The page that begins where the mark says, and where the next one is. */
    private String page(String query) {
        var mark = "$skiptoken=";
        int from = query.contains(mark) ? Integer.parseInt(query.substring(query.indexOf(mark) + mark.length())) : 0;
        int to = Math.min(from + PAGE, secrets);
        var next = to < secrets ? "\"%s/secrets?api-version=7.4&%s%d\"".formatted(address(), mark, to) : "null";
        return IntStream.range(from, to)
                .mapToObj(i -> item("/secrets/s" + i))
                .collect(Collectors.joining(",", "{\"value\":[", "],\"nextLink\":" + next + "}"));
    }

    private String item(String path) {
        return "{\"id\":\"%s%s\",\"attributes\":{\"enabled\":true,\"created\":1000,\"updated\":1000}}"
                .formatted(address(), path);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
