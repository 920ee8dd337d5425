package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Secrets of Secrets Manager, as MiniStack serves it, in containers. */
class AwsTest extends EndToEnd {
    /** Enough to see that it works; more of them measure, as docs/performance.md says. */
    private static final int CHANGES = Integer.getInteger("dso.e2e.changes", 5);

    private static final Duration LIMIT = Duration.ofSeconds(60);

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
    void a_change_is_in_the_container_within_a_poll() {
        measure("polled", "poll 1 s");
    }

    @Test
    void a_change_is_in_the_container_as_soon_as_its_event_comes() {
        var took = measure("pushed", "push by SQS");

        assertThat(took.get(CHANGES / 2)).as("no poll is waited for").isLessThan(5_000);
    }

    private ArrayList<Long> measure(String name, String how) {
        var container = start(bundle(name), STATIC, "/probe");
        var file = container.inside("/s/password");
        var took = new ArrayList<Long>();
        for (var change = 1; change <= CHANGES; change++) {
            var expected = ("p$w\"o'r\\d-" + change).getBytes(UTF_8);
            var begin = System.nanoTime();
            put(name, change);
            Await.until("change " + change, LIMIT, () -> Arrays.equals(Files.readAllBytes(file), expected));
            took.add((System.nanoTime() - begin) / 1_000_000);
        }
        took.sort(null);
        System.out.println(
                "change at Secrets Manager (MiniStack) to bytes in the container, %s, %d changes: p50 %d ms, p99 %d ms"
                        .formatted(how, CHANGES, took.get(CHANGES / 2), took.get((CHANGES * 99 - 1) / 100)));
        return took;
    }

    private void put(String name, int change) {
        if (aws != null) {
            aws.secrets(
                    "PutSecretValue",
                    "{'SecretId':'shop/%s','SecretString':'p$w\\u0022o\\u0027r\\u005cd-%d'}".formatted(name, change));
        }
    }
}
