package io.dso.provider.vault;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A real OpenBao with data on a disk of its own: it can be stopped, started again, sealed, and asked what it was asked.
 * Serves on a port of loopback and on a Unix socket; with TLS on another port.
 */
final class Bao implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path program;
    private final Path directory;
    private final int port = Program.freePort();
    private final int tlsPort = Program.freePort();
    private Process process;
    private String root = "";
    private String key = "";

    private Bao(Path program, Path directory, String more) throws IOException {
        this.program = program;
        this.directory = directory;
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(directory.resolve("config.hcl"), """
                storage "raft" {
                  path = "%1$s/data"
                  node_id = "one"
                  max_entry_size = 8388608
                  performance_multiplier = 1
                }
                listener "tcp" {
                  address = "127.0.0.1:%2$d"
                  tls_disable = true
                }
                listener "unix" {
                  address = "%1$s/bao.sock"
                }
                cluster_addr = "http://127.0.0.1:%3$d"
                api_addr = "http://127.0.0.1:%2$d"
                disable_mlock = true
                unsafe_allow_api_audit_creation = true
                %4$s
                """.formatted(
                        directory, port, Program.freePort(), more.replace("TLS_PORT", Integer.toString(tlsPort))));
        this.process = launch();
        var made = call("PUT", "/sys/init", "{\"secret_shares\":1,\"secret_threshold\":1}");
        root = made.get("root_token").getAsString();
        key = made.getAsJsonArray("keys").get(0).getAsString();
        unseal();
        post("/sys/audit/file", "{'type':'file','options':{'file_path':'" + audit() + "'}}");
        post("/sys/mounts/kv", "{'type':'kv','options':{'version':'2'}}");
        Program.await("KV is ready", () -> {
            post("/kv/data/ready", "{'data':{}}");
            return true;
        });
    }

    /** A new one, with a KV engine of version 2 at {@code kv}. */
    static Bao start(Path directory) throws IOException {
        return new Bao(Program.installed("OPENBAO"), directory, "");
    }

    /** A new one, with these lines of configuration more. */
    static Bao start(Path directory, String more) throws IOException {
        return new Bao(Program.installed("OPENBAO"), directory, more);
    }

    private Process launch() throws IOException {
        var log = directory.resolve("log").toFile();
        var builder = new ProcessBuilder(program.toString(), "server", "-config=" + directory.resolve("config.hcl"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        builder.environment().clear();
        var launched = builder.start();
        Program.await("OpenBao answers", () -> {
            if (!launched.isAlive()) {
                throw new IllegalStateException(Files.readString(log.toPath()));
            }
            return status("/sys/seal-status") == 200;
        });
        return launched;
    }

    String address() {
        return "http://127.0.0.1:" + port;
    }

    String tlsAddress(String host) {
        return "https://" + host + ":" + tlsPort;
    }

    String unixAddress() {
        return "unix://" + directory.resolve("bao.sock");
    }

    String root() {
        return root;
    }

    private Path audit() {
        return directory.resolve("audit");
    }

    // ---- its life

    void stop() {
        Program.end(process);
    }

    void startAgain() throws IOException {
        process = launch();
        unseal();
    }

    void seal() {
        post("/sys/seal", "{}");
    }

    void unseal() {
        call("PUT", "/sys/unseal", "{\"key\":\"" + key + "\"}");
        Program.await("OpenBao is in service", () -> status("/sys/health") == 200);
    }

    // ---- its API

    JsonObject post(String path, String json) {
        return call("POST", path, json.replace('\'', '"'));
    }

    JsonObject get(String path) {
        return call("GET", path, "");
    }

    JsonObject delete(String path) {
        return call("DELETE", path, "");
    }

    JsonObject list(String path) {
        return call("LIST", path, "");
    }

    /** Writes a secret of KV version 2. */
    void put(String path, String data) {
        post("/kv/data/" + path, "{'data':" + data + "}");
    }

    void policy(String name, String... rules) {
        var policy = new JsonObject();
        var text = new StringBuilder();
        for (var rule : rules) {
            var parts = rule.split(" ", 2);
            text.append(
                    "path \"%s\" { capabilities = [\"%s\"] }\n".formatted(parts[0], parts[1].replace(" ", "\",\"")));
        }
        policy.addProperty("policy", text.toString());
        call("POST", "/sys/policies/acl/" + name, policy.toString());
    }

    /** A new token with a policy, in a file. */
    Path tokenFile(String policy) {
        var made = post("/auth/token/create", "{'policies':['" + policy + "'],'ttl':'1h'}");
        return file(
                "token-" + policy,
                made.getAsJsonObject("auth").get("client_token").getAsString());
    }

    Path file(String name, String content) {
        try {
            var file = directory.resolve(name);
            Files.writeString(file, content);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The operations and paths of all requests since it began, by its own audit, e.g. {@code read kv/metadata/a}. */
    List<String> requests() {
        try {
            var requests = new ArrayList<String>();
            for (var line : Files.readAllLines(audit())) {
                var entry = JsonParser.parseString(line).getAsJsonObject();
                if (entry.get("type").getAsString().equals("request")) {
                    var request = entry.getAsJsonObject("request");
                    requests.add(request.get("operation").getAsString() + " "
                            + request.get("path").getAsString());
                }
            }
            return requests;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int status(String path) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(address() + "/v1" + path)).build();
        return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    JsonObject call(String method, String path, String json) {
        return call(method, path, json, root);
    }

    JsonObject call(String method, String path, String json, String token, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(address() + "/v1" + path))
                .method(method, HttpRequest.BodyPublishers.ofString(json))
                .header("X-Vault-Token", token);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            var response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(
                        method + " " + path + ": " + response.statusCode() + " " + response.body());
            }
            JsonElement answer =
                    response.body().isBlank() ? JsonNull.INSTANCE : JsonParser.parseString(response.body());
            return answer.isJsonObject() ? answer.getAsJsonObject() : new JsonObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
