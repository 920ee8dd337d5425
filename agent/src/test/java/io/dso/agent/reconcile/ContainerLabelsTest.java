package io.dso.agent.reconcile;

import static io.dso.agent.reconcile.World.PASSWORD;
import static io.dso.agent.reconcile.World.sees;
import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.Order;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.engine.FakeContainer;
import io.dso.agent.rotate.Rotation.Done;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ContainerLabelsTest {
    private final World world = new World(Strategy.SIGNAL);

    @AfterEach
    void end() {
        world.close();
    }

    private FakeContainer running(String name, Map<String, String> labels) {
        var container = world.engine.create(name, "shop");
        container.labels = labels;
        world.engine.run(container);
        return container;
    }

    @Test
    void each_container_is_rotated_in_its_own_way() {
        var plain = running("web", Map.of());
        var restarting = running("web2", Map.of("dso.strategy", "restart"));
        var silent = running("web3", Map.of("dso.strategy", "none"));
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle())
                .hasSize(3)
                .allSatisfy(end -> assertThat(end).isInstanceOf(Done.class));

        assertThat(plain.signals).isEqualTo(1);
        assertThat(restarting.starts).isEqualTo(2);
        assertThat(restarting.signals).isZero();
        assertThat(silent.starts).isEqualTo(1);
        assertThat(silent.signals).isZero();
        assertThat(sees(silent)).isEqualTo("second");
    }

    @Test
    void one_that_wants_to_be_left_alone_keeps_its_files_until_it_is_started_again() {
        var web = running("web", Map.of("dso.reloader", "false"));
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle()).isEmpty();
        assertThat(sees(web)).isEqualTo("first");
        assertThat(world.agent.courses.remark(world.shop(), web.id)).contains("dso.reloader=false");

        world.engine.stop(web);
        world.engine.run(web);
        assertThat(sees(web)).isEqualTo("second");
    }

    @Test
    void one_that_wants_to_be_left_alone_takes_no_turn_of_others() {
        var leftAlone = running("web", Map.of("dso.reloader", "false"));
        var others = List.of(running("web2", Map.of()), running("web3", Map.of()));
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle()).hasSize(2);

        assertThat(sees(leftAlone)).isEqualTo("first");
        assertThat(others).extracting(World::sees).containsOnly("second");
    }

    @Test
    void an_operator_says_how_and_not_whether() throws InterruptedException {
        var signalled = running("web2", Map.of("dso.signal", "SIGUSR1"));
        var leftAlone = running("web", Map.of("dso.reloader", "false"));
        world.stores.set(PASSWORD, "second");
        var to = world.agent.orders.latest(world.shop());

        world.agent.orders.rotate(world.shop(), new Order("shop", to, new Order.Manner.By(Strategy.RESTART), "anna"));

        assertThat(signalled.starts).isEqualTo(2);
        assertThat(signalled.signals).isZero();
        assertThat(leftAlone.starts).isEqualTo(1);
        assertThat(sees(leftAlone)).isEqualTo("first");
    }

    @Test
    void a_wrong_label_is_told_and_the_bundles_policy_holds() {
        var web = running("web", Map.of("dso.strategy", "sgnal"));

        assertThat(world.agent.happened).singleElement().satisfies(told -> {
            assertThat(told.type()).isEqualTo("label-refused");
            assertThat(told.attributes()).containsEntry("container", "web").containsEntry("bundle", "shop");
            assertThat(told.attributes().get("why")).contains("there is no strategy 'sgnal'");
        });
        world.stores.set(PASSWORD, "second");
        world.agent.settle();
        assertThat(web.signals).isEqualTo(1);
    }

    @Test
    void a_label_that_comes_from_the_image_alone_changes_nothing() {
        world.engine.imageLabels.put("sha256:1", Map.of("dso.reloader", "false"));
        var web = running("web", Map.of("dso.reloader", "false"));
        world.stores.set(PASSWORD, "second");

        world.agent.settle();

        assertThat(sees(web)).isEqualTo("second");
    }

    @Test
    void labels_are_known_after_a_kill_while_the_engine_is_away() {
        var web = running("web", Map.of("dso.strategy", "none"));
        world.killAgent();
        world.startAgent();
        world.engine.away = true;
        world.stores.set(PASSWORD, "second");

        world.agent.settle();

        assertThat(sees(web)).as("strategy none needs no engine").isEqualTo("second");
    }

    @Test
    void a_container_whose_labels_are_not_known_waits_for_the_next_full_pass() {
        var web = running("web", Map.of("dso.strategy", "restart"));
        world.agent.journal.wishes().remove(web.id);
        world.stores.set(PASSWORD, "second");
        assertThat(world.agent.settle()).isEmpty();

        world.agent.observer.fullPass();
        world.agent.settle();

        assertThat(web.starts).isEqualTo(2);
    }

    @Test
    void containers_that_are_gone_are_forgotten() {
        var web = running("web", Map.of("dso.strategy", "restart"));
        world.engine.remove(web);

        world.agent.observer.fullPass();

        assertThat(world.agent.journal.wishes().all()).isEmpty();
    }
}
