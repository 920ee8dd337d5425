package io.dso.agent.reconcile;

import static io.dso.agent.reconcile.World.PASSWORD;
import static io.dso.agent.reconcile.World.sees;
import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.engine.FakeEngine.Moment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FullPassTest {
    private final World world = new World(Strategy.NONE);
    private final AtomicInteger passes = new AtomicInteger();
    private final FullPass pass =
            new FullPass(world.agent.observer, world.agent.stores, world.agent.reconciler, passes::incrementAndGet);

    @AfterEach
    void end() {
        pass.close();
        world.close();
    }

    @Test
    void a_change_that_nobody_heard_of_is_found() {
        var web = world.running("web");
        world.stores.set(PASSWORD, "second");

        pass.request();

        World.eventually(() -> assertThat(sees(web)).isEqualTo("second"));
    }

    @Test
    void a_change_is_found_while_the_engine_is_away() {
        var web = world.running("web");
        world.stores.set(PASSWORD, "second");
        world.engine.away = true;

        pass.request();

        World.eventually(() -> assertThat(sees(web)).isEqualTo("second"));
    }

    @Test
    void requests_that_come_while_one_waits_count_as_one() throws InterruptedException {
        world.running("web");
        var looking = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        world.engine.fault((call, moment) -> {
            if (call == 1 && moment == Moment.BEFORE) {
                looking.countDown();
                try {
                    assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        });
        pass.request();
        assertThat(looking.await(30, TimeUnit.SECONDS)).isTrue();

        for (int i = 0; i < 100; i++) {
            pass.request();
        }
        goOn.countDown();

        World.eventually(() -> assertThat(passes).hasValue(2));
        pass.close();
        pass.request();
        assertThat(passes).hasValue(2);
    }
}
