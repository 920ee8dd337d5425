package io.dso.provider.aws;

import static io.dso.provider.aws.World.name;
import static io.dso.provider.aws.World.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.sdk.Changes;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure.Kind;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Against MiniStack, whose Secrets Manager tells EventBridge of each change. */
class QueueTest {
    @TempDir
    Path directory;

    private AwsServer ministack;
    private SecretsManagerClient secrets;
    private SqsClient queues;
    private String url;

    @BeforeEach
    void start() throws Exception {
        ministack = AwsServer.ministack();
        secrets =
                World.client(ministack.address(), SecretsManagerClient.builder().httpClientBuilder(World.http()));
        queues = World.client(ministack.address(), SqsClient.builder().httpClientBuilder(World.http()));
        url = World.queueOfChanges(ministack);
        secrets.createSecret(ask -> ask.name("shop/db").secretString("1"));
        secrets.createSecret(ask -> ask.name("shop/other").secretString("1"));
    }

    @AfterEach
    void stop() {
        if (queues != null) {
            queues.close();
            secrets.close();
        }
        if (ministack != null) {
            ministack.close();
        }
    }

    private static final class Reports implements Changes {
        private final CountDownLatch armed = new CountDownLatch(1);
        private final BlockingQueue<Collection<SecretName>> changed = new ArrayBlockingQueue<>(100);

        @Override
        public void armed() {
            armed.countDown();
        }

        @Override
        public void changed(Collection<SecretName> names) {
            changed.add(names);
        }
    }

    @Test
    void a_change_is_reported_as_soon_as_its_event_comes_and_names_what_changed() throws Exception {
        var names = List.of(
                name("shop/db"), name("shop/other"), new SecretName("shop/db", "password"), name("ssm:/shop/db"));
        var reports = new Reports();
        try (var store = World.store(directory, ministack.address(), ", \"queue\": \"" + url + "\"")) {
            var before = version(store, "shop/db");
            var watcher = Thread.ofVirtual().start(() -> {
                try {
                    store.watch(names, reports);
                } catch (StoreException | InterruptedException e) {
                    // the test's end
                }
            });
            assertThat(reports.armed.await(20, TimeUnit.SECONDS)).isTrue();
            long changedAt = System.nanoTime();
            secrets.putSecretValue(ask -> ask.secretId("shop/db").secretString("2"));

            assertThat(reports.changed.poll(20, TimeUnit.SECONDS))
                    .containsExactlyInAnyOrder(name("shop/db"), new SecretName("shop/db", "password"));
            assertThat(System.nanoTime() - changedAt).isLessThan(TimeUnit.SECONDS.toNanos(5));
            assertThat(version(store, "shop/db")).isNotEqualTo(before);
            queues.sendMessage(ask -> ask.queueUrl(url).messageBody("by hand"));
            assertThat(reports.changed.poll(20, TimeUnit.SECONDS)).containsExactlyInAnyOrderElementsOf(names);

            watcher.interrupt();
            assertThat(watcher.join(java.time.Duration.ofSeconds(5)))
                    .as("a long poll ends at once")
                    .isTrue();
        }
    }

    @Test
    void a_queue_that_is_not_there_ends_the_watch_with_the_reason() throws Exception {
        try (var store = World.store(directory, ministack.address(), ", \"queue\": \"" + url + "-none\"")) {
            var failure = new CompletableFuture<StoreException>();
            Thread.ofVirtual().start(() -> {
                try {
                    store.watch(List.of(name("shop/db")), new Reports());
                } catch (StoreException e) {
                    failure.complete(e);
                } catch (InterruptedException e) {
                    failure.completeExceptionally(e);
                }
            });
            assertThat(failure.get(20, TimeUnit.SECONDS).failure().kind()).isEqualTo(Kind.NOT_FOUND);
        }
    }
}
