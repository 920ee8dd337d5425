package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The engine's events are hints: none at all, or far too many of them, and every container has its secrets all the same. */
class EngineEventsTest extends OwnEngine {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int STORM = 10_000;

    private final EventProxy proxy = new EventProxy(
            directory().resolve("proxy.sock"), Path.of(engine.host().substring("unix://".length())));

    @BeforeAll
    void startAgent() {
        agent.secret("db", "first");
        agent.configureWhole("dso:\n  full-pass: 5s\n  providers:\n" + agent.localProvider()
                + "  bundles:\n    shop: { secrets: [ db ], reload: { strategy: signal, settle: 200ms }, " + ALLOW_ALL
                + " }\n");
        agent.reaching(proxy.host()).start();
    }

    @BeforeEach
    void firstValue() {
        agent.secret("db", "first");
    }

    @AfterAll
    void endProxy() {
        proxy.close();
    }

    private Container serving() {
        var container = start("--restart=always", bundle("shop"), STATIC, "/probe", "serve", "/s/db");
        container.awaitLine("start first");
        return container;
    }

    private void awaitAll(String value, Container... containers) {
        for (var container : containers) {
            Await.until("container " + container.id() + " runs", LIMIT, container::runs);
            container.awaitFile("/s/db", value);
            Await.until("it was told", LIMIT, () -> container.logs().contains(value));
        }
    }

    @Test
    void a_minute_without_events_and_an_engine_restarted_meanwhile_cost_a_full_pass_at_most() {
        var seen = serving();
        proxy.cut();
        var end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        var unseen = serving(); // nobody heard of its start
        agent.secret("db", "second");
        awaitAll("second", seen, unseen);

        engine.stop();
        agent.secret("db", "third");
        engine.launch();
        engine.awaitAnswer();
        awaitAll("third", seen, unseen);
        agent.secret("db", "fourth"); // their new runs weren't heard of either
        awaitAll("fourth", seen, unseen);
        Await.until("the minute is over", LIMIT, () -> System.nanoTime() > end);
        assertThat(agent.health("ready").text()).contains("engine");
        proxy.restore();

        agent.secret("db", "fifth");
        awaitAll("fifth", seen, unseen);
        Await.until(
                "the agent hears the engine again",
                LIMIT,
                () -> agent.health("ready").up());
        assertThat(Status.of(agent, "shop").mounts()).hasSize(2);
    }

    @Test
    void ten_thousand_events_of_other_containers_in_far_less_than_a_minute_keep_nothing_from_ours() throws Exception {
        var before = serving();
        var said = new AtomicInteger();
        var all = new CountDownLatch(STORM);
        try (var storm = Executors.newSingleThreadScheduledExecutor()) {
            storm.scheduleAtFixedRate(
                    () -> {
                        if (said.get() < STORM && proxy.say(event(said.get()))) {
                            said.incrementAndGet();
                            all.countDown();
                        }
                    },
                    0,
                    1,
                    TimeUnit.MILLISECONDS);
            agent.secret("db", "second");
            awaitAll("second", before);
            agent.secret("db", "first");
            awaitAll("first", before);
            var during = serving();
            agent.secret("db", "third");
            awaitAll("third", before, during);
            assertThat(all.await(90, TimeUnit.SECONDS)).as("said " + said).isTrue();
            storm.shutdownNow();
        }

        agent.secret("db", "fourth");

        awaitAll("fourth", before);
        assertThat(agent.health("ready").up()).isTrue();
    }

    private static String event(int number) {
        var now = Instant.now();
        return """
                {"Type":"container","Action":"%s","Actor":{"ID":"%064x","Attributes":{"name":"other"}},\
                "scope":"local","time":%d,"timeNano":%d}
                """.formatted(
                        number % 2 == 0 ? "start" : "die",
                        number,
                        now.getEpochSecond(),
                        now.getEpochSecond() * 1_000_000_000 + now.getNano());
    }
}
