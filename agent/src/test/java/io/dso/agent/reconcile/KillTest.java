package io.dso.agent.reconcile;

import static io.dso.agent.reconcile.World.PASSWORD;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.engine.FakeEngine.Moment;
import io.dso.agent.engine.Killed;
import io.dso.agent.record.Section;
import io.dso.agent.rotate.Rotation;
import io.dso.agent.rotate.RotationCodec;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kills the agent at each engine call and each journal entry of a rotation, in turn: the next agent ends what it began. */
class KillTest {

    @EachStrategy
    void a_kill_at_any_engine_call_ends_with_one_running_container_on_a_version_it_stands(
            Strategy strategy, String value) {
        for (var moment : Moment.values()) {
            int call = 0;
            do {
                call++;
            } while (killedAt(strategy, value, call, moment));
            assertThat(call).as("calls of a whole rotation").isGreaterThan(3);
        }
    }

    /** False if the rotation had no such call. */
    private static boolean killedAt(Strategy strategy, String value, int call, Moment moment) {
        try (var world = new World(strategy)) {
            Web.running(world);
            world.stores.set(PASSWORD, value);
            world.engine.fault((now, when) -> {
                if (now == call && when == moment) {
                    throw new Killed("at call " + now);
                }
            });
            boolean killed = !walked(world);
            world.engine.noFault();
            if (killed) {
                world.killAgent();
                resumed(world);
            }
            Web.converged(world, value, "%s of call %d, %s, %s".formatted(moment, call, strategy, value));
            return killed;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, second",
        "SIGNAL, second",
        "SIGNAL, poison",
        "EXEC, second",
        "EXEC, poison",
        "RESTART, second",
        "RESTART, poison",
        "ROLLING, second",
        "ROLLING, poison",
        "AUTO, second",
        "AUTO, poison"
    })
    void a_kill_at_any_journal_entry_ends_with_one_running_container_on_a_version_it_stands(
            Strategy strategy, String value) {
        int entry = 0;
        boolean killed;
        do {
            entry++;
            try (var world = new World(strategy)) {
                world.agent.close();
                world.agent = new TestAgent(world, new DyingCodec(entry));
                Web.running(world);
                world.stores.set(PASSWORD, value);
                killed = !walked(world);
                if (killed) {
                    world.killAgent();
                    resumed(world);
                }
                Web.converged(world, value, "entry %d, %s, %s".formatted(entry, strategy, value));
            }
        } while (killed);
        assertThat(entry).as("entries of a whole rotation").isGreaterThan(1);
    }

    /** Dies instead of writing the n-th state. */
    private static final class DyingCodec implements Section.Codec<Rotation> {
        private final RotationCodec codec = new RotationCodec();
        private int left;

        private DyingCodec(int entry) {
            left = entry;
        }

        @Override
        public String key(Rotation rotation) {
            return codec.key(rotation);
        }

        @Override
        public void write(Rotation rotation, ObjectNode to) {
            if (--left == 0) {
                throw new Killed("before it wrote " + rotation.getClass().getSimpleName());
            }
            codec.write(rotation, to);
        }

        @Override
        public Rotation read(JsonNode from) {
            return codec.read(from);
        }
    }

    private static void resumed(World world) {
        world.startAgent();
        world.agent.observer.fullPass();
        world.agent.reconciler.resume();
        world.agent.settle();
    }

    /** Rotates; false if the agent was killed on the way. */
    private static boolean walked(World world) {
        world.agent.stores.look(world.agent.reconciler.refsInUse());
        try {
            for (var rotation : world.agent.reconciler.pass("shop")) {
                rotation.get(30, TimeUnit.SECONDS);
            }
            world.agent.settle();
            return true;
        } catch (Killed e) {
            return false;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Killed) {
                return false;
            }
            throw new AssertionError(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
