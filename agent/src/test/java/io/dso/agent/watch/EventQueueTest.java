package io.dso.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.engine.EngineEvent;
import io.dso.agent.reconcile.World;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    private final List<EngineEvent> handled = new CopyOnWriteArrayList<>();
    private final AtomicInteger fullLooks = new AtomicInteger();
    private final CountDownLatch busy = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final EventQueue queue = new EventQueue(this::handle, fullLooks::incrementAndGet);

    private void handle(EngineEvent event) {
        if (event.container().equals("slow")) {
            busy.countDown();
            try {
                assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                return; // closed
            }
        }
        if (event.container().equals("broken")) {
            throw new IllegalStateException("told so");
        }
        handled.add(event);
    }

    @AfterEach
    void end() {
        queue.close();
    }

    private static EngineEvent event(String action, String container) {
        return new EngineEvent(action, container, Instant.EPOCH);
    }

    private void beBusy() throws InterruptedException {
        queue.offer(event("start", "slow"));
        assertThat(busy.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void of_each_container_the_newest_event_is_handled_and_all_in_order() throws InterruptedException {
        beBusy();

        queue.offer(event("start", "a"));
        queue.offer(event("start", "b"));
        queue.offer(event("die", "a"));
        queue.offer(event("destroy", "a"));
        goOn.countDown();

        World.eventually(() -> assertThat(handled)
                .containsExactly(event("start", "slow"), event("start", "b"), event("destroy", "a")));
        assertThat(fullLooks).hasValue(0);
    }

    @Test
    void a_flood_takes_bounded_memory_and_ends_in_a_full_look() throws InterruptedException {
        beBusy();

        for (int i = 0; i < 10_000; i++) {
            queue.offer(event("start", "c" + i));
        }

        assertThat(queue.waiting()).isEqualTo(EventQueue.ROOM);
        assertThat(fullLooks).hasValue(10_000 - EventQueue.ROOM);
        queue.offer(event("die", "c0"));
        assertThat(fullLooks).as("one that waits already").hasValue(10_000 - EventQueue.ROOM);
        goOn.countDown();
        World.eventually(() -> assertThat(handled).hasSize(EventQueue.ROOM + 1));
        assertThat(handled).last().isEqualTo(event("die", "c0"));
    }

    @Test
    void one_that_can_not_be_handled_is_left_out() {
        queue.offer(event("start", "broken"));
        queue.offer(event("start", "a"));

        World.eventually(() -> assertThat(handled).containsExactly(event("start", "a")));
    }
}
