package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
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
    private final Path log;

    private BaoServer(Path program, Path directory) throws IOException {
        Files.createDirectories(directory);
        log = directory.resolve("bao.log");
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
                .redirectOutput(log.toFile());
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

    /** The {@code config} of a provider that may do everything here, as JSON; with more keys, and then as YAML. */
    String config(String more) {
        return "{ \"address\": \"%s\", \"auth\": { \"method\": \"token\", \"token-file\": \"%s\" }%s }"
                .formatted(address, token, more);
    }

    /** For the shell: gives a secret of KV another value. */
    String change(String path, String key) {
        return "BAO_ADDR=%s BAO_TOKEN=%s %s kv put %s %s=$(date +%%s%%N)"
                .formatted(address, ROOT, Settings.program("OPENBAO"), path, key);
    }

    /** Has leases of {@code database/creds/shop} make users of a database. */
    void makesUsersOf(PostgresServer database, String ttl, String maxTtl) {
        post("/sys/mounts/database", "{'type':'database'}");
        post(
                "/database/config/shop",
                "{'plugin_name':'postgresql-database-plugin','allowed_roles':'*','username':'admin','password':'admin',"
                        + "'connection_url':'postgresql://{{username}}:{{password}}@127.0.0.1:%d/postgres?sslmode=disable'}"
                                .formatted(database.port()));
        post(
                "/database/roles/shop",
                "{'db_name':'shop','default_ttl':'%s','max_ttl':'%s','creation_statements':".formatted(ttl, maxTtl)
                        + "['create role \\u0022{{name}}\\u0022 login password \\u0027{{password}}\\u0027']}");
    }

    /** Keeps all and says nothing, until {@link #unseal()}. */
    void seal() {
        post("/sys/seal", "{}");
    }

    void unseal() throws IOException {
        var key = Files.readAllLines(log).stream()
                .filter(line -> line.startsWith("Unseal Key: "))
                .findFirst()
                .orElseThrow();
        post("/sys/unseal", "{'key':'" + key.substring("Unseal Key: ".length()) + "'}");
    }

    /** Whether the one lease of this path was ever renewed. */
    boolean renewed(String path) {
        var keys = list("/sys/leases/lookup/" + path).at("/data/keys");
        assertThat(keys).as("leases of " + path).hasSize(1);
        var id = path + "/" + keys.get(0).asText();
        return !post("/sys/leases/lookup", "{'lease_id':'" + id + "'}")
                .at("/data/last_renewal")
                .isNull();
    }

    /** @param json with single quotes */
    JsonNode post(String path, String json) {
        return send(path, "POST", HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')));
    }

    JsonNode list(String path) {
        return send(path, "LIST", HttpRequest.BodyPublishers.noBody());
    }

    private JsonNode send(String path, String method, HttpRequest.BodyPublisher body) {
        var request = HttpRequest.newBuilder(URI.create(address + "/v1" + path))
                .method(method, body)
                .header("X-Vault-Token", ROOT)
                .build();
        try {
            var response = HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(path + ": " + response.statusCode() + " "
                        + new String(response.body(), StandardCharsets.UTF_8));
            }
            return Agent.parse(response.body());
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
