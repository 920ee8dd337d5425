package io.dso.agent.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Request.Method;
import io.dso.agent.engine.EngineException.Kind;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The engine's API as it is on the wire, for what must not be put into types that lose what they don't know. */
final class RawCalls {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int NOT_MODIFIED = 304;

    private final Connections connections;

    RawCalls(Connections connections) {
        this.connections = connections;
    }

    static String escaped(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    JsonNode get(String path) throws IOException {
        return sent(Request.builder().method(Method.GET).path(path).build());
    }

    /** Nothing if the engine refuses, or has no such thing. */
    Optional<JsonNode> find(String path) throws IOException {
        try {
            return Optional.of(get(path));
        } catch (EngineException e) {
            if (e.kind() == Kind.UNAVAILABLE) {
                throw e;
            }
            return Optional.empty();
        }
    }

    JsonNode post(String path) throws IOException {
        return sent(Request.builder().method(Method.POST).path(path).build());
    }

    JsonNode post(String path, JsonNode body) throws IOException {
        return sent(Request.builder()
                .method(Method.POST)
                .path(path)
                .putHeader("Content-Type", "application/json")
                .bodyBytes(JSON.writeValueAsBytes(body))
                .build());
    }

    void delete(String path) throws IOException {
        sent(Request.builder().method(Method.DELETE).path(path).build());
    }

    private JsonNode sent(Request request) throws IOException {
        try (var response = connections.http().execute(request)) {
            var bytes = response.getBody().readAllBytes();
            int status = response.getStatusCode();
            if (status < 300 || status == NOT_MODIFIED) {
                return bytes.length == 0 ? JSON.missingNode() : JSON.readTree(bytes);
            }
            throw new EngineException(
                    status == 404 ? Kind.NOT_FOUND : Kind.REFUSED, message(status, bytes), new IOException());
        }
    }

    private static String message(int status, byte[] body) {
        try {
            var message = JSON.readTree(body).path("message").asText();
            return message.isEmpty() ? "status " + status : message;
        } catch (IOException e) {
            return "status " + status;
        }
    }
}
