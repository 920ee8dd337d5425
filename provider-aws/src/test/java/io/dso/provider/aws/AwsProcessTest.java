package io.dso.provider.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.v1.CheckRequest;
import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.provider.v1.SecretRef;
import io.dso.provider.v1.WatchRequest;
import io.dso.transport.UnixChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssm.SsmClient;

/** The whole process: on this JVM, or, with {@code -Ddso.provider=FILE}, that executable. */
class AwsProcessTest {
    @TempDir
    Path directory;

    private @Nullable Process process;

    @AfterEach
    void stop() throws InterruptedException {
        if (process != null) {
            process.destroy();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }
    }

    @Test
    void it_serves_both_services_with_every_kind_of_credentials_and_ends_when_it_is_told() throws Exception {
        try (var moto = AwsServer.moto();
                var secrets = World.client(
                        moto.address(), SecretsManagerClient.builder().httpClientBuilder(World.http()));
                var parameters =
                        World.client(moto.address(), SsmClient.builder().httpClientBuilder(World.http()));
                var queues = World.client(moto.address(), SqsClient.builder().httpClientBuilder(World.http()))) {
            secrets.createSecret(ask -> ask.name("db").secretString("{\"port\": 5432}"));
            parameters.putParameter(ask -> ask.name("/a/b").value("p$w\"o'r\\d").type("SecureString"));
            var queue = queues.createQueue(ask -> ask.queueName("q")).queueUrl();
            var credentials = Files.writeString(
                    directory.resolve("credentials"), "[default]\naws_access_key_id = a\naws_secret_access_key = b\n");
            var token = Files.writeString(directory.resolve("token"), "a.b.c");
            var role = "arn:aws:iam::123456789012:role/reader";
            for (var auth : List.of(
                    "{\"method\": \"profile\", \"file\": \"%s\"}".formatted(credentials),
                    "{\"method\": \"instance\", \"endpoint\": \"%s\"}".formatted(moto.address()),
                    "{\"method\": \"web-identity\", \"role\": \"%s\", \"token-file\": \"%s\"}"
                            .formatted(role, token))) {
                serve("""
                        {"region": "eu-central-1", "endpoint": "%s", "queue": "%s", "auth": %s, "roles": {"r": {"arn": "%s"}}}
                        """.formatted(moto.address(), queue, auth, role));
                try (var channel = UnixChannel.to(directory.resolve("s"))) {
                    servesAll(ProviderGrpc.newBlockingStub(channel.grpc()).withDeadlineAfter(60, TimeUnit.SECONDS));
                }
                stop();
            }
        }
    }

    private static void servesAll(ProviderGrpc.ProviderBlockingStub provider) {
        provider.check(CheckRequest.getDefaultInstance());
        assertThat(value(provider, "db", "port")).isEqualTo("5432");
        assertThat(value(provider, "db?role=r", "port")).isEqualTo("5432");
        assertThat(value(provider, "ssm:/a/b", "")).isEqualTo("p$w\"o'r\\d");
        assertThat(value(provider, "ssm:/a/", "")).isEqualTo("{\"b\":\"p$w\\\"o'r\\\\d\"}");
        assertThat(provider.watch(
                                WatchRequest.newBuilder().addRefs(ref("db", "")).build())
                        .next()
                        .getChangedList())
                .as("armed")
                .isEmpty();
    }

    private static SecretRef ref(String path, String key) {
        return SecretRef.newBuilder().setPath(path).setKey(key).build();
    }

    private static String value(ProviderGrpc.ProviderBlockingStub provider, String path, String key) {
        var ref = ref(path, key);
        var versions = provider.getVersions(
                GetVersionsRequest.newBuilder().addRefs(ref).build());
        var result = versions.getResults(0);
        assertThat(result.getError().getMessage()).isEmpty();
        return provider.fetch(FetchRequest.newBuilder()
                        .setRef(ref)
                        .setVersion(result.getVersion())
                        .build())
                .getValue()
                .toStringUtf8();
    }

    private void serve(String config) throws IOException {
        Files.writeString(directory.resolve("config"), config);
        var command = new ArrayList<String>();
        var executable = System.getProperty("dso.provider");
        if (executable != null) {
            command.add(executable);
        } else {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        }
        command.addAll(List.of("--socket", directory.resolve("s").toString(), "--config"));
        command.add(directory.resolve("config").toString());
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        var started = builder.start();
        process = started;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!accepts()) {
            assertThat(started.isAlive()).as("the provider lives").isTrue();
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private boolean accepts() {
        try (var socket = SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("s")))) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
