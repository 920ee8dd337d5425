package io.dso.provider.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.tck.JavaProvider;
import io.dso.provider.tck.Served;
import io.dso.provider.v1.CheckRequest;
import io.dso.provider.v1.SecretRef;
import io.dso.provider.v1.WatchRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssm.SsmClient;

/** The whole process: on this JVM, or, with {@code -Ddso.provider=FILE}, that executable. */
class AwsProcessTest {
    @TempDir
    Path directory;

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
                try (var provider = new JavaProvider(Main.class, directory)
                        .serve("""
                        {"region": "eu-central-1", "endpoint": "%s", "queue": "%s", "auth": %s, "roles": {"r": {"arn": "%s"}}}
                        """.formatted(moto.address(), queue, auth, role))) {
                    servesAll(provider);
                }
            }
        }
    }

    private static void servesAll(Served provider) {
        assertThat(provider.calls().check(CheckRequest.getDefaultInstance())).isNotNull();
        assertThat(provider.value("db", "port")).isEqualTo("5432");
        assertThat(provider.value("db?role=r", "port")).isEqualTo("5432");
        assertThat(provider.value("ssm:/a/b", "")).isEqualTo("p$w\"o'r\\d");
        assertThat(provider.value("ssm:/a/", "")).isEqualTo("{\"b\":\"p$w\\\"o'r\\\\d\"}");
        var db = SecretRef.newBuilder().setPath("db");
        var reports =
                provider.calls().watch(WatchRequest.newBuilder().addRefs(db).build());
        assertThat(reports.next().getChangedList()).as("armed").isEmpty();
    }
}
