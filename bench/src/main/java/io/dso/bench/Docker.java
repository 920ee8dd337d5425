package io.dso.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The few calls of the Docker API that are measured, or needed for it. Everything it makes is labelled, and {@link #clean} removes it. */
final class Docker implements AutoCloseable {
    /** Of the end-to-end tests: it has {@code /probe}, which waits for SIGTERM, and nothing else. */
    static final String IMAGE = "dso-test/static:1";

    private static final String LABEL = "dso.bench";
    private static final String OURS = encoded("{\"label\":[\"" + LABEL + "\"]}");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final UnixHttp http;

    Docker(Path socket) {
        http = new UnixHttp(socket);
    }

    String engine() {
        return call("GET", "/version", Map.of(), 200).path("Version").asText();
    }

    /** Something that a container finds at a path of its own. */
    record Mount(String type, String source, String target, boolean readOnly, Map<String, Object> volume) {
        static Mount bind(Path source, String target) {
            return new Mount("bind", source.toString(), target, true, Map.of());
        }

        static Mount writable(Path source, String target) {
            return new Mount("bind", source.toString(), target, false, Map.of());
        }

        static Mount local(String name, String target) {
            return new Mount("volume", name, target, true, volume("local", Map.of()));
        }

        static Mount dso(String name, String driver, String bundle, String target) {
            return new Mount("volume", name, target, true, volume(driver, Map.of("bundle", bundle)));
        }

        private static Map<String, Object> volume(String driver, Map<String, String> options) {
            return Map.of("Labels", Map.of(LABEL, ""), "DriverConfig", Map.of("Name", driver, "Options", options));
        }

        Map<String, Object> json() {
            var base = Map.<String, Object>of("Type", type, "Source", source, "Target", target, "ReadOnly", readOnly);
            if (volume.isEmpty()) {
                return base;
            }
            var all = new HashMap<>(base);
            all.put("VolumeOptions", volume);
            return all;
        }
    }

    /** Creates a container without a network, whose start is therefore the mounts' and runc's alone. */
    String create(List<String> command, List<Mount> mounts) {
        var labels = Map.of(LABEL, "", "com.docker.compose.project", "bench", "com.docker.compose.service", "app");
        var body = Map.of(
                "Image",
                IMAGE,
                "Cmd",
                command,
                "Labels",
                labels,
                "HostConfig",
                Map.of(
                        "NetworkMode",
                        "none",
                        "LogConfig",
                        Map.of("Type", "none"),
                        "Mounts",
                        mounts.stream().map(Mount::json).toList()));
        return call("POST", "/containers/create", body, 201).path("Id").asText();
    }

    /** Starts a container. @return milliseconds until the engine answered */
    double start(String id) {
        return timed("/containers/" + id + "/start");
    }

    /** Stops and starts a container. @return milliseconds until the engine answered */
    double restart(String id) {
        return timed("/containers/" + id + "/restart?t=10");
    }

    /** Asks for the containers that use a volume, as the agent does at each mount. @return milliseconds */
    double list(String volume) {
        var filters = encoded("{\"volume\":[\"" + volume + "\"]}");
        return checked(
                        "GET",
                        "/containers/json?all=true&filters=" + filters,
                        http.send("GET", "/containers/json?all=true&filters=" + filters, new byte[0]),
                        200)
                .millis();
    }

    private double timed(String path) {
        return checked("POST", path, http.send("POST", path, new byte[0]), 204).millis();
    }

    void remove(String id) {
        call("DELETE", "/containers/" + id + "?force=true&v=true", Map.of(), 204);
    }

    /** Removes all that any run of ours left here; but a volume stays whose driver is gone. */
    void clean() {
        call("GET", "/containers/json?all=true&filters=" + OURS, Map.of(), 200)
                .forEach(container -> remove(container.path("Id").asText()));
        call("GET", "/volumes?filters=" + OURS, Map.of(), 200)
                .path("Volumes")
                .forEach(volume ->
                        http.send("DELETE", "/volumes/" + volume.path("Name").asText() + "?force=true", new byte[0]));
    }

    private JsonNode call(String method, String path, Map<String, Object> body, int expected) {
        try {
            var bytes = body.isEmpty() ? new byte[0] : JSON.writeValueAsBytes(body);
            var answer = checked(method, path, http.send(method, path, bytes), expected);
            return answer.body().length == 0 ? JSON.nullNode() : JSON.readTree(answer.text());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(method + " " + path + " answered no JSON", e);
        }
    }

    private static UnixHttp.Answer checked(String method, String path, UnixHttp.Answer answer, int expected) {
        if (answer.status() != expected) {
            throw new IllegalStateException(
                    "%s %s answered %d: %s".formatted(method, path, answer.status(), answer.text()));
        }
        return answer;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.close();
    }
}
