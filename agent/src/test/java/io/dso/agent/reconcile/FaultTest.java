package io.dso.agent.reconcile;

import static io.dso.agent.reconcile.World.PASSWORD;
import static io.dso.agent.reconcile.World.POISON;
import static io.dso.agent.reconcile.World.sees;
import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.engine.EngineException;
import io.dso.agent.engine.EngineException.Kind;
import io.dso.agent.engine.FakeEngine.Moment;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fails each engine call of a rotation in turn: it isn't carried out, or only its answer is lost. */
class FaultTest {

    /**
     * What fails, and when.
     *
     * @param kind REFUSED is a 500, UNAVAILABLE a connection that is cut
     * @param calls how many in a row: the second may be the look at what the refusal of the first means
     */
    private record Fault(Kind kind, Moment moment, int calls) {
        boolean meets(int now, Moment when, int first) {
            return when == moment && now >= first && now < first + calls;
        }
    }

    private static final List<Fault> FAULTS = List.of(
            new Fault(Kind.REFUSED, Moment.BEFORE, 1),
            new Fault(Kind.REFUSED, Moment.BEFORE, 2),
            new Fault(Kind.UNAVAILABLE, Moment.BEFORE, 1),
            new Fault(Kind.UNAVAILABLE, Moment.AFTER, 1));

    @EachStrategy
    void a_call_that_fails_or_is_cut_ends_with_one_running_container_on_a_version_it_stands(
            Strategy strategy, String value) {
        for (var fault : FAULTS) {
            int call = 0;
            do {
                call++;
            } while (failedAt(strategy, value, call, fault));
            assertThat(call).as("calls of a whole rotation").isGreaterThan(3);
        }
    }

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

    /** False if the rotation had no such call. */
    private static boolean failedAt(Strategy strategy, String value, int call, Fault fault) {
        try (var world = new World(strategy)) {
            Web.running(world);
            world.stores.set(PASSWORD, value);
            var failed = new AtomicBoolean();
            world.engine.fault((now, moment) -> {
                if (fault.meets(now, moment, call)) {
                    failed.set(true);
                    throw new EngineException(fault.kind(), "at call " + now, new IOException());
                }
            });

            world.agent.settle();
            world.engine.noFault();
            world.agent.observer.fullPass();
            world.agent.settle();

            Web.converged(world, value, "%s at call %d, %s, %s".formatted(fault, call, strategy, value));
            return failed.get();
        }
    }
}
