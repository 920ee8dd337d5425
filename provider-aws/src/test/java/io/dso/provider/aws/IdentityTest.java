package io.dso.provider.aws;

import static io.dso.provider.aws.World.failure;
import static io.dso.provider.aws.World.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.ProviderConfig;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure.Kind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

class IdentityTest extends AgainstMoto {
    private static final String ROLE = "arn:aws:iam::123456789012:role/reader";

    @BeforeEach
    void start() throws Exception {
        try (var admin =
                World.client(moto.address(), SecretsManagerClient.builder().httpClientBuilder(World.http()))) {
            admin.createSecret(ask -> ask.name("db").secretString("x"));
        }
    }

    private AwsStore open(String auth) {
        return Main.open(ProviderConfig.parse(
                "{\"region\": \"%s\", \"endpoint\": \"%s\", %s}".formatted(World.REGION, gateway.address(), auth)));
    }

    @Test
    void an_instance_has_its_role_from_the_metadata_service_by_a_session_token() throws Exception {
        try (var store = open("\"auth\": {\"method\": \"instance\", \"endpoint\": \"%s\"}".formatted(moto.address()))) {
            assertThat(value(store, "db", "")).isEqualTo("x");
        }
    }

    @Test
    void a_metadata_service_without_tokens_is_not_used() throws Exception {
        var old = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        old.createContext("/", exchange -> {
            byte[] body =
                    "{\"Code\":\"Success\",\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\",\"Token\":\"c\",\"Expiration\":\"2099-01-01T00:00:00Z\"}"
                            .getBytes(StandardCharsets.UTF_8);
            boolean token = exchange.getRequestMethod().equals("PUT");
            exchange.sendResponseHeaders(token ? 405 : 200, token ? -1 : body.length);
            if (!token) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        old.start();
        try (var store = open("\"auth\": {\"method\": \"instance\", \"endpoint\": \"http://127.0.0.1:%d\"}"
                .formatted(old.getAddress().getPort()))) {
            assertThat(failure(store, "db").kind()).isEqualTo(Kind.UNAUTHENTICATED);
        } finally {
            old.stop(0);
        }
    }

    @Test
    void a_web_identity_is_exchanged_for_a_role() throws Exception {
        var token = Files.writeString(directory.resolve("token"), "header.payload.signature");
        try (var store = open("\"auth\": {\"method\": \"web-identity\", \"role\": \"%s\", \"token-file\": \"%s\"}"
                .formatted(ROLE, token))) {
            assertThat(value(store, "db", "")).isEqualTo("x");
            assertThat(gateway.calls())
                    .containsExactly("AssumeRoleWithWebIdentity", "DescribeSecret", "GetSecretValue");
            assertThat(gateway.authorizations().getFirst())
                    .as("the token alone proves it")
                    .isEqualTo("AssumeRoleWithWebIdentity null");
        }
    }

    @Test
    void a_container_has_its_role_from_its_address() throws Exception {
        var agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        agent.createContext("/", exchange -> {
            byte[] body =
                    "{\"AccessKeyId\":\"AKCONTAINER\",\"SecretAccessKey\":\"b\",\"Token\":\"c\",\"Expiration\":\"2099-01-01T00:00:00Z\"}"
                            .getBytes(StandardCharsets.UTF_8);
            var token = exchange.getRequestHeaders().getFirst("Authorization");
            exchange.sendResponseHeaders("pod-token".equals(token) ? 200 : 401, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        agent.start();
        var token = Files.writeString(directory.resolve("token"), "pod-token");
        try (var store = open(
                "\"auth\": {\"method\": \"container\", \"address\": \"http://127.0.0.1:%d/v1\", \"token-file\": \"%s\"}"
                        .formatted(agent.getAddress().getPort(), token))) {
            assertThat(value(store, "db", "")).isEqualTo("x");
            assertThat(gateway.authorizations()).allMatch(header -> header.contains("AKCONTAINER"));
        } finally {
            agent.stop(0);
        }
    }

    @Test
    void a_role_is_taken_on_for_the_secrets_that_name_it_alone() throws Exception {
        var more = ", \"roles\": {\"reader\": {\"arn\": \"%s\", \"external-id\": \"shop\"}}".formatted(ROLE);
        try (var store = World.store(directory, gateway.address(), more)) {
            value(store, "db", "");
            assertThat(gateway.calls()).containsExactly("DescribeSecret", "GetSecretValue");

            value(store, "db?role=reader", "");
            value(store, "db?role=reader", "");
            assertThat(gateway.calls()).startsWith("AssumeRole").containsOnlyOnce("AssumeRole");
            assertThat(gateway.authorizations().getLast()).doesNotContain("Credential=user/");
            assertThat(failure(store, "db?role=writer").why()).contains("no role 'writer'");
        }
    }

    @Test
    void credentials_that_aws_does_not_know_are_told_apart_from_permissions() throws Exception {
        moto.letsIn("0");
        try (var store = World.store(directory, gateway.address(), "")) {
            var failure = failure(store, "db");
            assertThat(failure.kind()).as(failure.why()).isEqualTo(Kind.UNAUTHENTICATED);
            assertThatThrownBy(store::check).isInstanceOf(StoreException.class).hasMessageContaining("credentials");
        } finally {
            moto.letsIn("1000000");
        }
    }

    @Test
    void a_policy_that_allows_nothing_denies_each_secret_and_the_check_still_passes() throws Exception {
        moto.call("iam", "", "Action=CreateUser&Version=2010-05-08&UserName=nobody");
        var key = moto.call("iam", "", "Action=CreateAccessKey&Version=2010-05-08&UserName=nobody");
        moto.letsIn("0");
        try (var store = World.store(
                directory, gateway.address(), "", element(key, "AccessKeyId"), element(key, "SecretAccessKey"))) {
            var failure = failure(store, "db");
            assertThat(failure.kind()).as(failure.why()).isEqualTo(Kind.DENIED);
            assertThat(failure.why()).contains("nobody").contains("secretsmanager:DescribeSecret");
            store.check();
        } finally {
            moto.letsIn("1000000");
        }
    }

    private static String element(String xml, String name) {
        return xml.split("</?" + name + ">", -1)[1];
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "{}|'region' is missing",
                "{'region': 'https://x'}|'region' has to be",
                "{'region': 'eu-central-1', 'auth': {'method': 'magic'}}|'auth.method' has to be",
                "{'region': 'eu-central-1', 'auth': {'method': 'profile'}}|'auth.file' is missing",
                "{'region': 'eu-central-1', 'auth': {'method': 'web-identity', 'role': 'reader', 'token-file': '/x'}}|'auth.role' has to be",
                "{'region': 'eu-central-1', 'role': 'reader'}|'role' has to be the name of one",
                "{'region': 'eu-central-1', 'roles': {'a b': {'arn': 'arn:aws:iam::123456789012:role/x'}}}|'roles.a b' has to be named",
                "{'region': 'eu-central-1', 'endpoint': 'file:///etc'}|'endpoint' has to be",
                "{'region': 'eu-central-1', 'endpoints': {'ssm': 'http://ssm.example.com'}}|'endpoints.ssm' has to be",
                "{'region': 'eu-central-1', 'timeout': '31s'}|'timeout' has to be at most 30s",
            })
    void a_wrong_configuration_is_refused_and_the_key_named(String json, String why) {
        var config = ProviderConfig.parse(json.replace('\'', '"'));

        assertThatThrownBy(() -> Main.open(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(why);
    }
}
