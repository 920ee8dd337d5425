package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/** A real OpenBao on a port of loopback, with its data on disk: it can be sealed, ended and started again. */
final class BaoServer implements AutoCloseable {
    /** The user that the provider has to run as to read the token. */
    static final int PROVIDER_USER = 64150;

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String address = "http://127.0.0.1:" + Settings.freePort();
    private final Path program;
    private final Path directory;
    private final Path token;
    private final String root;
    private final String key;
    private Process process;

    private BaoServer(Path program, Path directory) throws IOException {
        this.program = program;
        this.directory = directory;
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(directory.resolve("bao.hcl"), """
                storage "raft" {
                  path = "%s/data"
                  node_id = "one"
                  performance_multiplier = 1
                }
                listener "tcp" {
                  address = "%s"
                  tls_disable = true
                }
                api_addr = "%s"
                cluster_addr = "http://127.0.0.1:%d"
                """.formatted(
                        directory, address.substring("http://".length()), address, Settings.freePort()));
        process = launch();
        var made = Await.value("OpenBao answers", LIMIT, this::initialised, answer -> answer.has("root_token"));
        root = made.get("root_token").asText();
        key = made.at("/keys/0").asText();
        token = Files.writeString(directory.resolve("bao.token"), root);
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        Files.setAttribute(token, "unix:uid", PROVIDER_USER);
        unseal();
        post("/sys/mounts/secret", "{'type':'kv','options':{'version':'2'}}");
        Await.until("OpenBao serves", LIMIT, () -> {
            post("/secret/data/ready", "{'data':{}}");
            return true;
        });
    }

    private JsonNode initialised() {
        return send("/sys/init", "", "PUT", "{'secret_shares':1,'secret_threshold':1}");
    }

    private Process launch() throws IOException {
        var builder = new ProcessBuilder(program.toString(), "server", "-config=" + directory.resolve("bao.hcl"))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("bao.log").toFile()));
        builder.environment().clear();
        return builder.start();
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
                .formatted(address, root, Settings.program("OPENBAO"), path, key);
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

    /** Returns when it serves. */
    void unseal() {
        post("/sys/unseal", "{'key':'" + key + "'}");
        Await.until("OpenBao is in service", LIMIT, () -> {
            send("/sys/health", "", "GET", "");
            return true;
        });
    }

    /** Ends its process; nobody listens any more, until {@link #startAgain()}. */
    void stop() {
        Command.end(process);
    }

    /** Starts it on what it has kept, and unseals it. */
    void startAgain() throws IOException {
        process = launch();
        Await.until("OpenBao answers again", LIMIT, () -> {
            send("/sys/seal-status", "", "GET", "");
            return true;
        });
        unseal();
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
        return send(path, root, "POST", json);
    }

    JsonNode list(String path) {
        return send(path, root, "LIST", "");
    }

    private JsonNode send(String path, String token, String method, String json) {
        var request = HttpRequest.newBuilder(URI.create(address + "/v1" + path))
                .method(method, HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')))
                .header("X-Vault-Token", token)
                .build();
        return Agent.parse(ServerCall.answer(HTTP, request));
    }

    @Override
    public void close() {
        Command.end(process);
    }
}
