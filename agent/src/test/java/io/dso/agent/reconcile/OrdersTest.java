package io.dso.agent.reconcile;

import static io.dso.agent.reconcile.World.PASSWORD;
import static io.dso.agent.reconcile.World.POISON;
import static io.dso.agent.reconcile.World.USER;
import static io.dso.agent.reconcile.World.sees;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.agent.bundle.Order;
import io.dso.agent.bundle.Order.Manner;
import io.dso.agent.bundle.Paused;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.ProblemId;
import io.dso.agent.rotate.Rotation;
import io.dso.agent.rotate.Rotation.Done;
import io.dso.agent.rotate.Rotation.End;
import io.dso.agent.rotate.Rotation.Postponed;
import io.dso.agent.rotate.Rotation.RolledBack;
import io.dso.agent.secret.Refusal.Kind;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OrdersTest {
    private final World world = new World(Strategy.SIGNAL);

    @AfterEach
    void end() {
        world.close();
    }

    private List<End> rotate(Manner manner) {
        return order(world.agent.orders.latest(world.shop()).number(), manner);
    }

    private List<End> order(int version, Manner manner) {
        var latest = world.agent.orders.latest(world.shop());
        var to = latest.number() == version ? latest : world.agent.orders.version(world.shop(), version);
        try {
            return world.agent.orders.rotate(world.shop(), new Order("shop", to, manner, "anna"));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private List<End> rollback() {
        return order(world.agent.orders.previous(world.shop()).number(), new Manner.AsConfigured());
    }

    private List<End> sync() {
        try {
            return world.agent.orders.sync(List.of(world.shop()));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void refused(Runnable order, ProblemId id) {
        assertThatThrownBy(order::run)
                .isInstanceOfSatisfying(
                        DsoException.class,
                        e -> assertThat(e.problems().getFirst().id()).isEqualTo(id));
    }

    // ---- pauses

    @Test
    void a_paused_bundle_is_left_as_it_is_and_its_starts_get_the_right_version() {
        var web = world.running("web");
        world.agent.orders.pause("shop", "anna");
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle()).isEmpty();
        assertThat(sees(web)).isEqualTo("first");
        assertThat(sees(world.running("web2"))).isEqualTo("second");

        world.agent.orders.resume("shop");
        world.agent.settle();

        World.eventually(() -> assertThat(sees(web)).isEqualTo("second"));
    }

    @Test
    void a_pause_outlives_the_agent() {
        var web = world.running("web");
        world.agent.orders.pause("shop", "anna");
        var paused = world.agent.courses.paused("shop").orElseThrow();
        world.killAgent();
        world.startAgent();
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle()).isEmpty();

        assertThat(sees(web)).isEqualTo("first");
        assertThat(world.agent.courses.paused("shop")).contains(paused);
        assertThat(paused.by()).isEqualTo("anna");
    }

    @Test
    void a_pause_of_everything_ends_as_a_whole_and_takes_single_ones_with_it() {
        world.running("web");
        world.agent.orders.pause("shop", "anna");
        world.agent.orders.pause(Paused.ALL, "berta");
        assertThat(world.agent.courses.paused("other")).isPresent();

        refused(() -> world.agent.orders.resume("shop"), ProblemId.STILL_PAUSED);
        world.agent.orders.resume(Paused.ALL);

        assertThat(world.agent.courses.paused("shop")).isEmpty();
        assertThat(world.agent.courses.paused("other")).isEmpty();
    }

    @Test
    void whoever_paused_first_is_named() {
        world.agent.orders.pause("shop", "anna");
        world.agent.orders.pause("shop", "berta");

        assertThat(world.agent.courses.paused("shop").orElseThrow().by()).isEqualTo("anna");
    }

    @Test
    void an_order_goes_through_a_pause_which_holds_again_afterwards() {
        var web = world.running("web");
        world.agent.orders.pause("shop", "anna");
        world.stores.set(PASSWORD, "second");

        assertThat(rotate(new Manner.AsConfigured())).singleElement().isInstanceOf(Done.class);
        assertThat(sees(web)).isEqualTo("second");
        assertThat(world.agent.journal.orders().all()).isEmpty();

        world.stores.set(PASSWORD, "third");
        assertThat(world.agent.settle()).isEmpty();
        assertThat(sees(web)).isEqualTo("second");
    }

    // ---- rotations

    @Test
    void where_nothing_is_to_be_done_nothing_is() {
        var web = world.running("web");

        assertThat(rotate(new Manner.By(Strategy.RESTART))).isEmpty();

        assertThat(web.starts).isEqualTo(1);
        assertThat(web.signals).isZero();
        assertThat(world.agent.journal.orders().all()).isEmpty();
    }

    @Test
    void an_ordered_strategy_counts_for_this_order_alone() {
        var web = world.running("web");
        world.stores.set(PASSWORD, "second");

        assertThat(rotate(new Manner.By(Strategy.RESTART))).singleElement().isInstanceOf(Done.class);
        assertThat(web.starts).isEqualTo(2);
        assertThat(web.signals).isZero();

        world.stores.set(PASSWORD, "third");
        world.agent.settle();
        assertThat(web.starts).isEqualTo(2);
        assertThat(web.signals).isEqualTo(1);
    }

    @Test
    void an_order_that_a_kill_interrupted_is_carried_out_in_its_own_way() {
        var web = world.running("web");
        world.stores.set(PASSWORD, "second");
        world.agent
                .journal
                .orders()
                .put(new Order(
                        "shop", world.agent.orders.latest(world.shop()), new Manner.By(Strategy.RESTART), "anna"));
        world.killAgent();
        world.startAgent();

        world.agent.settle();

        assertThat(sees(web)).isEqualTo("second");
        assertThat(web.starts).isEqualTo(2);
        assertThat(world.agent.journal.orders().all()).isEmpty();
    }

    @Test
    void an_order_is_over_when_the_stores_have_yet_another_version() {
        var web = world.running("web");
        world.stores.set(PASSWORD, "second");
        var order = new Order("shop", world.agent.orders.latest(world.shop()), new Manner.By(Strategy.RESTART), "anna");
        world.agent.journal.orders().put(order);
        world.stores.set(PASSWORD, "third");

        world.agent.settle();

        assertThat(sees(web)).isEqualTo("third");
        assertThat(web.starts).isEqualTo(1);
        assertThat(world.agent.journal.orders().all()).isEmpty();
    }

    @Test
    void what_was_marked_bad_is_tried_again_when_an_operator_says_so_and_once() {
        var web = world.running("web");
        world.stores.set(PASSWORD, POISON);
        world.agent.settle();
        assertThat(world.agent.settle()).isEmpty();

        assertThat(rotate(new Manner.AsConfigured())).singleElement().isInstanceOf(RolledBack.class);

        assertThat(sees(web)).isEqualTo("first");
        assertThat(world.agent.settle()).isEmpty();
        assertThat(world.agent.journal.orders().all()).isEmpty();
    }

    @Test
    void an_order_waits_for_a_store_that_is_away_and_is_carried_out_when_it_is_back() {
        var web = world.running("web");
        world.agent.orders.pause("shop", "anna");
        world.stores.set(PASSWORD, "second");
        world.agent.stores.look(world.shop().refs());
        world.stores.refuse(Kind.UNAVAILABLE, "away");

        assertThat(rotate(new Manner.AsConfigured())).singleElement().isInstanceOf(Postponed.class);
        world.stores.answer();
        world.agent.settle();

        assertThat(sees(web)).isEqualTo("second");
    }

    // ---- rollbacks

    @Test
    void a_rollback_stays_until_the_stores_have_another_version() {
        var web = world.running("web");
        world.stores.set(PASSWORD, "second");
        world.agent.settle();

        assertThat(rollback()).singleElement().isInstanceOf(Done.class);
        assertThat(sees(web)).isEqualTo("first");
        assertThat(web.signals).isEqualTo(2);
        assertThat(world.agent.settle())
                .as("the next pass doesn't bring it back")
                .isEmpty();

        world.stores.set(PASSWORD, "third");
        world.agent.settle();

        assertThat(sees(web)).isEqualTo("third");
        assertThat(world.agent.journal.bad().all()).isEmpty();
    }

    @Test
    void a_rollback_counts_for_containers_that_start_later_and_outlives_the_agent() {
        world.running("web");
        world.stores.set(PASSWORD, "second");
        world.agent.settle();
        rollback();
        world.killAgent();
        world.startAgent();

        assertThat(sees(world.running("web2"))).isEqualTo("first");
        world.agent.observer.fullPass();
        assertThat(sees(world.running("web3"))).isEqualTo("first");
        assertThat(world.agent.settle()).isEmpty();
    }

    @Test
    void a_rollback_is_undone_by_a_rotation() {
        var web = world.running("web");
        world.stores.set(PASSWORD, "second");
        world.agent.settle();
        rollback();

        assertThat(rotate(new Manner.AsConfigured())).singleElement().isInstanceOf(Done.class);

        assertThat(sees(web)).isEqualTo("second");
        assertThat(world.agent.journal.bad().all()).isEmpty();
        assertThat(world.agent.settle()).isEmpty();
    }

    @Test
    void a_second_rollback_goes_one_further_and_a_number_anywhere() {
        var web = world.running("web");
        for (var value : List.of("second", "third", "fourth")) {
            world.stores.set(PASSWORD, value);
            world.agent.settle();
        }

        rollback();
        assertThat(sees(web)).isEqualTo("third");
        rollback();
        assertThat(sees(web)).isEqualTo("second");
        order(3, new Manner.AsConfigured());
        assertThat(sees(web)).isEqualTo("third");
        order(4, new Manner.AsConfigured());
        assertThat(sees(web)).isEqualTo("fourth");
        assertThat(world.agent.journal.bad().all()).isEmpty();
        assertThat(world.agent.settle()).isEmpty();
    }

    @Test
    void a_rollback_needs_no_store_while_the_files_are_still_there() {
        var web = world.running("web");
        world.stores.set(PASSWORD, "second");
        world.agent.settle();
        world.stores.refuse(Kind.UNAVAILABLE, "away");

        assertThat(rollback()).singleElement().isInstanceOf(Done.class);

        assertThat(sees(web)).isEqualTo("first");
    }

    @Test
    void a_container_that_does_not_stand_the_old_version_either_keeps_what_it_has() {
        var web = world.running("web");
        world.stores.set(PASSWORD, "second");
        world.agent.settle();
        web.app = directory ->
                sees(directory).equals("first") ? java.util.OptionalInt.of(3) : java.util.OptionalInt.empty();

        assertThat(rollback()).singleElement().isInstanceOf(RolledBack.class);

        assertThat(sees(web)).isEqualTo("second");
        assertThat(web.running()).isTrue();
        assertThat(world.agent.settle()).isEmpty();
    }

    @Test
    void a_version_of_another_configuration_can_not_be_gone_back_to() {
        world.running("web");
        world.stores.set(USER, "anna");
        world.bundles.put("shop", World.bundle("shop", Strategy.SIGNAL, PASSWORD, USER));
        world.agent.settle();

        refused(this::rollback, ProblemId.VERSION_OTHER_SHAPE);
        refused(() -> order(9, new Manner.AsConfigured()), ProblemId.VERSION_UNKNOWN);
    }

    @Test
    void every_rotation_of_an_order_is_answered_for_also_when_it_takes_several_passes() {
        var web = world.running("web");
        var web2 = world.running("web2");
        world.stores.set(PASSWORD, "second");

        assertThat(sync())
                .extracting(Rotation::job)
                .extracting(Rotation.Job::name)
                .containsExactlyInAnyOrder("web", "web2");
        assertThat(sees(web)).isEqualTo("second");
        assertThat(sees(web2)).isEqualTo("second");
    }
}
