package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Secrets of Secrets Manager, as MiniStack serves it, in containers. */
class AwsTest extends EndToEnd {
    private @Nullable AwsServer aws;

    @BeforeAll
    void startServerAndAgent() {
        var server = AwsServer.start(directory().resolve("aws"));
        aws = server;
        server.secrets("CreateSecret", "{'Name':'shop/polled','SecretString':'first'}");
        server.secrets("CreateSecret", "{'Name':'shop/pushed','SecretString':'first'}");
        agent.configureWhole("""
                dso:
                  providers:
                    polled: { kind: aws, config: %1$s, poll: 1s }
                    pushed: { kind: aws, config: %2$s, poll: 1h }
                  bundles:
                    polled:
                      secrets: [ { provider: polled, path: shop/polled, file: password } ]
                      reload: { strategy: none }
                      %3$s
                    pushed:
                      secrets: [ { provider: pushed, path: shop/pushed, file: password } ]
                      reload: { strategy: none }
                      %3$s
                """.formatted(
                        server.config(""), server.config(", queue: \"" + server.queueOfChanges() + "\""), ALLOW_ALL));
        agent.start();
    }

    @AfterAll
    void stopServer() {
        agent.close();
        if (aws != null) {
            aws.close();
        }
    }

    @Test
    void a_change_is_in_the_container_within_a_poll() throws Exception {
        measure("polled", "poll 1 s");
    }

    @Test
    void a_change_is_in_the_container_as_soon_as_its_event_comes() throws Exception {
        var took = measure("pushed", "push by SQS");

        assertThat(took.median()).as("no poll is waited for").isLessThan(5_000);
    }

    private ArrivalTimes measure(String name, String how) throws Exception {
        var container = start(bundle(name), STATIC, "/probe");
        return new ArrivalTimes(
                "Secrets Manager (MiniStack), " + how, 5, container.inside("/s/password"), value -> put(name, value));
    }

    private void put(String name, String value) {
        if (aws != null) {
            aws.secrets(
                    "PutSecretValue",
                    "{'SecretId':'shop/%s','SecretString':'%s'}"
                            .formatted(
                                    name,
                                    value.replace("\\", "\\u005c")
                                            .replace("\"", "\\u0022")
                                            .replace("o'r", "o\\u0027r")));
        }
    }
}
