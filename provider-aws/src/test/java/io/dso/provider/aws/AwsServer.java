package io.dso.provider.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A server of AWS's services on loopback, with a port of its own; {@code ./test} says where its program is. */
final class AwsServer implements AutoCloseable {
    static {
        // The gateway hands on the host that was signed. Read once by the JDK's client, so set before the first of
        // them.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    }

    private final List<String> command;
    private final Map<String, String> environment;
    private final int port;
    private @Nullable Process process;

    private AwsServer(List<String> command, Map<String, String> environment, int port) {
        this.command = command;
        this.environment = environment;
        this.port = port;
    }

    static AwsServer moto() throws IOException {
        int port = freePort();
        return new AwsServer(
                        List.of("-m", "moto.server", "-H", "127.0.0.1", "-p", Integer.toString(port)), Map.of(), port)
                .start();
    }

    static AwsServer ministack() throws IOException {
        int port = freePort();
        var environment = Map.of(
                "BIND_HOST", "127.0.0.1",
                "GATEWAY_PORT", Integer.toString(port),
                "IOT_MTLS_ENABLED", "0",
                "DOCKER_HOST", "unix:///nonexistent.sock");
        return new AwsServer(List.of("-m", "ministack"), environment, port).start();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String modules() {
        var folder = System.getenv("DSO_TEST_AWS");
        var why = System.getenv("DSO_TEST_AWS_MISSING");
        assumeTrue(folder != null, "no server of AWS's services: " + (why == null ? "run this by ./test" : why));
        return String.valueOf(folder);
    }

    AwsServer start() throws IOException {
        var all = new ArrayList<>(command);
        all.addFirst("python3");
        var builder = new ProcessBuilder(all)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        builder.environment().put("PYTHONPATH", modules());
        var started = builder.start();
        process = started;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!answers()) {
            assertThat(started.isAlive()).as("the server lives").isTrue();
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        return this;
    }

    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    String address() {
        return "http://127.0.0.1:" + port;
    }

    /** Forgets everything. */
    void reset() throws IOException {
        post("/moto-api/reset", "");
    }

    /** How many requests more are served whatever their credentials and policies say. */
    void letsIn(String requests) throws IOException {
        post("/moto-api/reset-auth", requests);
    }

    private void post(String path, String body) throws IOException {
        send(HttpRequest.newBuilder(URI.create(address() + path)), body);
    }

    /** Calls a service that there is no client for here; {@code target} is empty where calls are forms. */
    String call(String service, String target, String body) throws IOException {
        var request = HttpRequest.newBuilder(URI.create(address()))
                .header(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=admin/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=0"
                                .formatted(World.REGION, service));
        if (target.isEmpty()) {
            request.header("Content-Type", "application/x-www-form-urlencoded");
        } else {
            request.header("Content-Type", "application/x-amz-json-1.1").header("X-Amz-Target", target);
        }
        return send(request, body);
    }

    private static String send(HttpRequest.Builder request, String body) throws IOException {
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(
                    request.POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return answer.body();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    void stop() {
        var running = process;
        process = null;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
