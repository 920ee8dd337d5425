package io.dso.agent.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.Grant;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.bundle.VolumeDefinition;
import io.dso.agent.engine.FakeContainer;
import io.dso.agent.rotate.Rotation.Done;
import io.dso.agent.secret.SecretRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** 500 containers with a bundle of two secrets each. */
class ScaleTest {
    private static final int CONTAINERS = 500;
    private static final int CHANGES = 50;

    private final World world = new World(Strategy.SIGNAL);
    private final List<FakeContainer> containers = new ArrayList<>();

    private static SecretRef secret(int container, String key) {
        return new SecretRef("local", "scale/" + container, key);
    }

    @BeforeEach
    void start() {
        for (int i = 0; i < CONTAINERS; i++) {
            var name = "c" + i;
            var plain = World.bundle(name, Strategy.SIGNAL, secret(i, "password"), secret(i, "user"));
            world.bundles.put(
                    name,
                    new Bundle(
                            name,
                            plain.items(),
                            plain.format(),
                            plain.owner(),
                            plain.mode(),
                            new Grant(Set.of(), Set.of(), Set.of(name), Set.of()),
                            plain.reload(),
                            plain.onUnavailable()));
            world.volumes.put(name, new VolumeDefinition(name, name, false));
            world.stores.set(secret(i, "password"), "first");
            world.stores.set(secret(i, "user"), "anna");
            var container = world.engine.create(name, name);
            world.engine.run(container);
            containers.add(container);
        }
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void of_500_containers_50_change_at_once_and_each_of_those_is_rotated_once_and_no_other_is_touched() {
        for (int i = 0; i < CHANGES; i++) {
            world.stores.set(secret(i, "password"), "second");
        }
        int questions = world.stores.questions.get();

        var ends = world.agent.settle();

        assertThat(ends).hasSize(CHANGES).allSatisfy(end -> assertThat(end).isInstanceOf(Done.class));
        assertThat(containers.subList(0, CHANGES))
                .allSatisfy(container -> assertThat(container.signals).isEqualTo(1));
        assertThat(containers.subList(CHANGES, CONTAINERS))
                .allSatisfy(container -> assertThat(container.signals).isZero());
        assertThat(world.stores.questions.get() - questions)
                .as("questions for 1,000 versions: one a look")
                .isLessThanOrEqualTo(2);
    }

    @Test
    void a_pass_over_500_containers_in_which_nothing_changed_is_one_call_of_the_engine() {
        world.agent.observer.fullPass();
        world.engine.fault((_, _) -> {});

        world.agent.observer.fullPass();

        assertThat(world.agent.settle()).isEmpty();
        assertThat(world.engine.calls()).isEqualTo(1);
    }
}
