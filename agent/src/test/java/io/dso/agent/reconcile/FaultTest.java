package io.dso.agent.reconcile;

import static io.dso.agent.reconcile.World.PASSWORD;
import static io.dso.agent.reconcile.World.POISON;
import static io.dso.agent.reconcile.World.sees;
import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.engine.EngineException;
import io.dso.agent.engine.EngineException.Kind;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The engine fails once, where a rotation in place is on its way back. */
class FaultTest {

    @ParameterizedTest
    @EnumSource(names = {"SIGNAL", "EXEC", "RESTART"})
    void one_that_ended_of_a_bad_version_runs_again_though_the_engine_refuses_the_first_try(Strategy strategy) {
        try (var world = new World(strategy)) {
            var web = world.running("web");
            world.stores.set(PASSWORD, POISON);
            var failed = new AtomicBoolean();
            world.engine.fault((_, _) -> {
                if (!world.agent.journal.bad().all().isEmpty() && failed.compareAndSet(false, true)) {
                    throw new EngineException(Kind.REFUSED, "status 500", new IOException());
                }
            });

            world.agent.settle();

            assertThat(failed).as("the engine failed").isTrue();
            assertThat(web.running()).isTrue();
            assertThat(sees(web)).isEqualTo("first");
            assertThat(world.agent.journal.badOf("shop")).hasSize(1);
        }
    }
}
