package io.dso.provider.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.provider.sdk.ProviderConfig;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.sdk.VersionAnswer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** The provider before a server, and what a user does with the server. */
final class World {
    static final String REGION = "eu-central-1";

    private World() {}

    static SecretName name(String path) {
        return new SecretName(path, "");
    }

    /** A store whose credentials stand in a file, as a user's would. */
    static AwsStore store(Path directory, String endpoint, String more) throws IOException {
        return store(directory, endpoint, more, "user", "any");
    }

    static AwsStore store(Path directory, String endpoint, String more, String id, String key) throws IOException {
        var file = Files.writeString(
                directory.resolve("credentials"),
                "[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n".formatted(id, key));
        return Main.open(ProviderConfig.parse("""
                        {"region": "%s", "endpoint": "%s", "auth": {"method": "profile", "file": "%s"}%s}
                        """.formatted(REGION, endpoint, file, more)));
    }

    /** A user's own client. */
    static <B extends AwsClientBuilder<B, C>, C> C client(String endpoint, B builder) {
        return client(endpoint, REGION, builder);
    }

    static <B extends AwsClientBuilder<B, C>, C> C client(String endpoint, String region, B builder) {
        return builder.region(Region.of(region))
                .endpointOverride(URI.create(endpoint))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("admin", "any")))
                .build();
    }

    static UrlConnectionHttpClient.Builder http() {
        return UrlConnectionHttpClient.builder();
    }

    /** A queue that is told of all changes, and its URL. */
    static String queueOfChanges(AwsServer server) throws IOException {
        try (var queues = client(server.address(), SqsClient.builder().httpClientBuilder(http()))) {
            var url = queues.createQueue(ask -> ask.queueName("host1")).queueUrl();
            var arn = queues.getQueueAttributes(ask -> ask.queueUrl(url).attributeNames(QueueAttributeName.QUEUE_ARN))
                    .attributes()
                    .get(QueueAttributeName.QUEUE_ARN);
            server.call("events", "AWSEvents.PutRule", """
                    {"Name": "dso", "EventPattern": "{\\"source\\": [\\"aws.secretsmanager\\", \\"aws.ssm\\"]}"}""");
            server.call(
                    "events",
                    "AWSEvents.PutTargets",
                    "{\"Rule\": \"dso\", \"Targets\": [{\"Id\": \"1\", \"Arn\": \"%s\"}]}".formatted(arn));
            return url;
        }
    }

    static VersionAnswer look(AwsStore store, String path) throws InterruptedException {
        return store.versions(List.of(name(path))).getFirst();
    }

    static String version(AwsStore store, String path) throws InterruptedException {
        return switch (look(store, path)) {
            case VersionAnswer.Current(var version) -> version;
            case VersionAnswer.Failed(var failure) -> Assertions.fail("%s: %s", failure.kind(), failure.why());
        };
    }

    static StoreFailure failure(AwsStore store, String path) throws InterruptedException {
        return switch (look(store, path)) {
            case VersionAnswer.Current(var version) -> Assertions.fail("there is version %s", version);
            case VersionAnswer.Failed(var failure) -> failure;
        };
    }

    static String value(AwsStore store, String path, String key) throws StoreException, InterruptedException {
        var name = new SecretName(path, key);
        return new String(store.fetch(name, version(store, path)), StandardCharsets.UTF_8);
    }

    /** A call has to be refused, and so. */
    static void refused(StoreFailure.Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.failure().kind()).isEqualTo(kind));
    }
}
