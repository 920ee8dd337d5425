package io.dso.provider.aws;

import io.dso.provider.sdk.SecretName;
import io.dso.provider.tck.JavaProvider;
import io.dso.provider.tck.ProviderContract;
import io.dso.provider.tck.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.ssm.SsmClient;

/** The contract, kept by the process: on this JVM, or, with {@code -Ddso.provider=FILE}, by that executable. */
class AwsConformanceTest extends ProviderContract {
    @TempDir
    Path directory;

    private @Nullable AwsServer ministack;

    @AfterEach
    void stop() {
        if (ministack != null) {
            ministack.close();
        }
    }

    @Override
    protected Subject subject() throws IOException {
        var server = AwsServer.ministack();
        ministack = server;
        var queue = World.queueOfChanges(server);
        try (var secrets = World.client(
                        server.address(), SecretsManagerClient.builder().httpClientBuilder(World.http()));
                var parameters =
                        World.client(server.address(), SsmClient.builder().httpClientBuilder(World.http()))) {
            secrets.createSecret(ask -> ask.name("shop/odd").secretString("p$w\"o'r\\d and more\n"));
            secrets.createSecret(
                    ask -> ask.name("shop/db").secretString("{\"password\":\"correct horse\",\"port\":5432}"));
            parameters.putParameter(
                    ask -> ask.name("/shop/key").value("battery staple").type("SecureString"));
        }
        var credentials = Files.writeString(
                directory.resolve("credentials"), "[default]\naws_access_key_id = a\naws_secret_access_key = b\n");
        var config = Files.writeString(
                directory.resolve("config"), """
                {"region": "%s", "endpoint": "%s", "queue": "%s", "auth": {"method": "profile", "file": "%s"}}
                """.formatted(World.REGION, server.address(), queue, credentials));
        var provider = new JavaProvider(Main.class, directory);
        return new Subject(
                provider.executable(),
                config,
                List.of(
                        new SecretName("shop/odd", ""),
                        new SecretName("shop/db", "password"),
                        new SecretName("ssm:/shop/key", "")),
                List.of(provider.script(Change.class).toString(), server.address()));
    }

    /** Gives the secret another value. */
    static final class Change {
        private Change() {}

        public static void main(String... arguments) {
            try (var secrets =
                    World.client(arguments[0], SecretsManagerClient.builder().httpClientBuilder(World.http()))) {
                secrets.putSecretValue(ask -> ask.secretId("shop/odd").secretString("value of " + System.nanoTime()));
            }
        }
    }
}
