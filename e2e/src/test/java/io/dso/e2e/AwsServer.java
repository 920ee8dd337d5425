package io.dso.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** MiniStack: Secrets Manager that tells EventBridge of changes, and SQS, on a port of loopback. */
final class AwsServer implements AutoCloseable {
    private static final String REGION = "eu-central-1";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final int port = Settings.freePort();
    private final Process process;
    private final Path credentials;

    private AwsServer(Path modules, Path directory) throws IOException {
        Files.createDirectories(directory);
        credentials = credentials(directory);
        var builder = new ProcessBuilder(List.of("python3", "-m", "ministack"))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("ministack.log").toFile());
        builder.environment()
                .putAll(Map.of(
                        "PYTHONPATH", modules.toString(),
                        "BIND_HOST", "127.0.0.1",
                        "GATEWAY_PORT", Integer.toString(port),
                        "IOT_MTLS_ENABLED", "0",
                        "DOCKER_HOST", "unix:///nonexistent.sock"));
        process = builder.start();
        Await.until("MiniStack serves", Duration.ofSeconds(60), () -> {
            secrets("ListSecrets", "{}");
            return true;
        });
    }

    /** A new one; where {@code ./test} couldn't get it, the test is skipped. */
    static AwsServer start(Path directory) {
        try {
            return new AwsServer(Settings.program("AWS"), directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The {@code config} of a provider that may do everything here, as JSON; with more keys, and then as YAML. */
    String config(String more) {
        return config(address(), credentials, more);
    }

    /** The same without a server: nobody listens there. */
    static String configWithout(Path directory) throws IOException {
        return config("http://127.0.0.1:" + Settings.freePort(), credentials(directory), "");
    }

    private static String config(String address, Path credentials, String more) {
        return "{ \"region\": \"%s\", \"endpoint\": \"%s\", \"auth\": { \"method\": \"profile\", \"file\": \"%s\" }%s }"
                .formatted(REGION, address, credentials, more);
    }

    private static Path credentials(Path directory) throws IOException {
        return Files.writeString(
                directory.resolve("credentials"), "[default]\naws_access_key_id = a\naws_secret_access_key = b\n");
    }

    private String address() {
        return "http://127.0.0.1:" + port;
    }

    /** For the shell: gives a secret another value. */
    String change(String name) throws IOException {
        var script = Files.writeString(credentials.resolveSibling("change.py"), """
                import time, urllib.request
                urllib.request.urlopen(urllib.request.Request(
                    '%s',
                    ('{"SecretId":"%s","SecretString":"%%d"}' %% time.time_ns()).encode(),
                    {'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'secretsmanager.PutSecretValue',
                     'Authorization': '%s'}))
                """.formatted(
                        address(), name, authorization("secretsmanager")));
        return "python3 " + script;
    }

    private static String authorization(String service) {
        return "AWS4-HMAC-SHA256 Credential=a/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=0"
                .formatted(REGION, service);
    }

    /** Makes a queue that is told of all changes; its URL. */
    String queueOfChanges() {
        call("sqs", "AmazonSQS.CreateQueue", "{'QueueName':'host1'}");
        call(
                "events",
                "AWSEvents.PutRule",
                "{'Name':'dso','EventPattern':'{\\u0022source\\u0022:[\\u0022aws.secretsmanager\\u0022]}'}");
        call(
                "events",
                "AWSEvents.PutTargets",
                "{'Rule':'dso','Targets':[{'Id':'1','Arn':'arn:aws:sqs:" + REGION + ":000000000000:host1'}]}");
        return address() + "/000000000000/host1";
    }

    /** @param json with single quotes */
    void secrets(String call, String json) {
        call("secretsmanager", "secretsmanager." + call, json);
    }

    private void call(String service, String target, String json) {
        var request = HttpRequest.newBuilder(URI.create(address()))
                .POST(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')))
                .header("Content-Type", "application/x-amz-json-1.1")
                .header("X-Amz-Target", target)
                .header("Authorization", authorization(service))
                .build();
        ServerCall.answer(HTTP, request);
    }

    @Override
    public void close() {
        Command.end(process);
    }
}
