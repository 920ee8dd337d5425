package io.dso.agent.reconcile;

import static io.dso.agent.reconcile.World.POISON;
import static io.dso.agent.reconcile.World.sees;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** The container whose rotations are disturbed: with an alias in a network of its own. */
final class Web {
    /** It runs, on {@code first}. */
    static void running(World world) {
        var web = world.running("web");
        world.engine.network("backend");
        web.networks.put("backend", List.of("api"));
    }

    /** One container runs under its name, on a version that it stands, set up as it was, and nothing else is left. */
    static void converged(World world, String value, String how) {
        var web = world.engine.named("web");
        assertThat(world.engine.count()).as(how + ": no container left over").isEqualTo(1);
        assertThat(web.networks)
                .as(how)
                .containsEntry("backend", List.of("api"))
                .containsKey("bridge")
                .hasSize(2);
        assertThat(world.engine.runningNames()).as(how).containsExactly("web");
        assertThat(sees(web)).as(how).isEqualTo(value.equals(POISON) ? "first" : value);
        assertThat(world.agent.underWay.all()).as(how).isEmpty();
        assertThat(world.mounts(web)).as(how).hasSize(1);
        World.eventually(() -> assertThat(world.directories())
                .as(how + ": nothing left behind")
                .isEqualTo(1));
        assertThat(world.agent.journal.badOf("shop")).as(how).hasSize(value.equals(POISON) ? 1 : 0);
    }

    private Web() {}
}
