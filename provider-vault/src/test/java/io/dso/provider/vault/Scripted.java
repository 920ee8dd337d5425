package io.dso.provider.vault;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that answers what a test says, also what no server should. Everything else is 404. */
final class Scripted implements AutoCloseable {
    static final String MOUNT = "{'data':{'path':'kv/','type':'kv','options':{'version':'2'}}}";
    static final String MAKER = "{'data':{'path':'db/','type':'database','options':null}}";
    static final String TOKEN = "{'data':{'ttl':3600,'renewable':true}}";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /** Answers one request. */
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    Scripted() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/", this::handle);
        server.start();
        on("GET /auth/token/lookup-self", 200, TOKEN);
        on("GET /sys/internal/ui/mounts/kv", 200, MOUNT);
        on("GET /sys/internal/ui/mounts/db", 200, MAKER);
    }

    private void handle(HttpExchange exchange) throws IOException {
        var request = exchange.getRequestMethod() + " "
                + exchange.getRequestURI().getPath().substring("/v1".length());
        requests.add(request);
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            var answer = answers.entrySet().stream()
                    .filter(entry -> request.startsWith(entry.getKey()))
                    .max(Map.Entry.comparingByKey());
            if (answer.isPresent()) {
                answer.get().getValue().to(exchange);
            } else {
                send(exchange, 404, "{'errors':[]}");
            }
        }
    }

    /** Answers requests that begin so. */
    Scripted on(String request, int status, String json) {
        return on(request, exchange -> send(exchange, status, json));
    }

    Scripted on(String request, Answer answer) {
        answers.put(request, answer);
        return this;
    }

    static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    InetSocketAddress socket() {
        return server.getAddress();
    }

    /** All requests, as {@code GET /kv/metadata/a}. */
    List<String> requests() {
        return requests;
    }

    long count(String request) {
        return requests.stream().filter(request::equals).count();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
