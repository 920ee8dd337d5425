package io.dso.agent.reconcile;

import static io.dso.agent.reconcile.World.PASSWORD;
import static io.dso.agent.reconcile.World.POISON;
import static io.dso.agent.reconcile.World.USER;
import static io.dso.agent.reconcile.World.sees;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.engine.EngineException;
import io.dso.agent.engine.EngineException.Kind;
import io.dso.agent.engine.FakeContainer;
import io.dso.agent.engine.FakeEngine.Moment;
import io.dso.agent.engine.Inspection.Health;
import io.dso.agent.engine.Killed;
import io.dso.agent.rotate.Rotation;
import io.dso.agent.rotate.Rotation.Done;
import io.dso.agent.rotate.Rotation.Gone;
import io.dso.agent.rotate.Rotation.Postponed;
import io.dso.agent.rotate.Rotation.RolledBack;
import io.dso.agent.secret.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Strategies {@code rolling} and {@code auto}. */
class RollingTest {
    private final World world = new World(Strategy.ROLLING);

    @AfterEach
    void end() {
        world.close();
    }

    private FakeContainer web(Strategy strategy) {
        world.strategy(strategy);
        var web = world.running("web");
        world.engine.network("backend");
        web.networks.clear();
        web.networks.put("backend", List.of("api"));
        return web;
    }

    private static void publishesAPort(ObjectNode seen) {
        ((ObjectNode) seen.path("HostConfig"))
                .putObject("PortBindings")
                .putArray("80/tcp")
                .addObject()
                .put("HostPort", "8080");
    }

    private String lastOrder() {
        return world.engine.orders.isEmpty() ? "" : world.engine.orders.getLast();
    }

    private void isAlone(FakeContainer container) throws IOException {
        assertThat(world.engine.count()).isEqualTo(1);
        assertThat(container.running()).isTrue();
        assertThat(container.name).isEqualTo("web");
        assertThat(world.directories()).isEqualTo(1);
    }

    @Test
    void another_container_takes_name_networks_labels_and_the_new_version() throws IOException {
        var old = web(Strategy.ROLLING);
        old.labels = new HashMap<>(Map.of("com.docker.compose.service", "web"));
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle()).singleElement().isInstanceOf(Done.class);

        var web = world.engine.named("web");
        assertThat(web).isNotSameAs(old);
        assertThat(web.labels)
                .containsEntry("com.docker.compose.service", "web")
                .containsEntry("dso.replaces", old.id);
        assertThat(web.networks).containsExactly(Map.entry("backend", List.of("api")));
        assertThat(sees(web)).isEqualTo("second");
        isAlone(web);
        assertThat(world.agent.settle()).as("nothing more to do").isEmpty();
    }

    @Test
    void the_old_one_serves_until_the_new_one_is_proved_and_has_the_aliases() {
        var old = web(Strategy.ROLLING);
        var id = old.id.substring(0, 8);
        world.stores.set(PASSWORD, "second");

        world.agent.settle();

        assertThat(world.engine.orders)
                .containsExactly(
                        "copy web",
                        "start web-next-" + id,
                        "leave backend web-next-" + id,
                        "join backend web-next-" + id,
                        "rename to web-last-%s web".formatted(id),
                        "rename to web web-next-" + id,
                        "stop web-last-" + id,
                        "remove web-last-" + id);
    }

    /** Does something again and again while both have their last names and run. */
    private void whileBothAreFound(Runnable what) {
        for (int i = 1; i <= 200; i++) {
            world.clock.in(Duration.ofMillis(100L * i), () -> {
                if (lastOrder().startsWith("rename to web web-next-")) {
                    what.run();
                }
            });
        }
    }

    @Test
    void the_old_one_goes_on_serving_if_the_new_one_ends_while_both_are_found() throws IOException {
        var old = web(Strategy.ROLLING);
        world.stores.set(PASSWORD, "second");
        whileBothAreFound(() -> world.engine.exit(world.engine.named("web"), 137));

        assertThat(world.agent.settle())
                .singleElement()
                .isInstanceOfSatisfying(
                        RolledBack.class,
                        end -> assertThat(end.why()).isEqualTo("web exited with 137 after the change"));
        assertThat(old.starts).isEqualTo(1);
        isAlone(old);
    }

    @Test
    void both_are_found_for_longer_than_a_client_needs_to_ask_again_for_an_address() {
        web(Strategy.ROLLING);
        world.stores.set(PASSWORD, "second");
        var found = new ArrayList<Instant>();
        whileBothAreFound(() -> found.add(world.clock.instant()));

        world.agent.settle();

        assertThat(Duration.between(found.getFirst(), found.getLast())).isGreaterThan(Duration.ofSeconds(1));
    }

    @Test
    void one_that_no_resolver_knows_is_stopped_at_once() {
        var old = web(Strategy.ROLLING);
        old.networks.clear();
        old.networks.put("bridge", List.of());
        world.stores.set(PASSWORD, "second");
        var found = new ArrayList<Instant>();
        whileBothAreFound(() -> found.add(world.clock.instant()));

        assertThat(world.agent.settle()).singleElement().isInstanceOf(Done.class);

        assertThat(found).isEmpty();
    }

    @Test
    void it_can_be_done_again_and_again() throws IOException {
        web(Strategy.ROLLING);
        for (int i = 2; i < 6; i++) {
            world.stores.set(PASSWORD, "value " + i);
            assertThat(world.agent.settle()).singleElement().isInstanceOf(Done.class);
            assertThat(sees(world.engine.named("web"))).isEqualTo("value " + i);
        }
        isAlone(world.engine.named("web"));
    }

    @Test
    void a_version_that_the_new_one_exits_of_never_reaches_the_old_one() throws IOException {
        var old = web(Strategy.ROLLING);
        world.stores.set(PASSWORD, POISON);

        assertThat(world.agent.settle())
                .singleElement()
                .isInstanceOfSatisfying(
                        RolledBack.class, end -> assertThat(end.why()).isEqualTo("web exited with 3 after the change"));

        assertThat(old.starts).isEqualTo(1);
        assertThat(sees(old)).isEqualTo("first");
        isAlone(old);
        assertThat(world.agent.journal.badOf("shop")).hasSize(1);
        assertThat(world.agent.settle()).as("not tried again").isEmpty();
    }

    @Test
    void one_that_does_not_become_healthy_is_removed() throws IOException {
        var old = web(Strategy.ROLLING);
        old.health = directory -> sees(directory).equals("second") ? Health.STARTING : Health.HEALTHY;
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle())
                .singleElement()
                .isInstanceOfSatisfying(
                        RolledBack.class, end -> assertThat(end.why()).isEqualTo("web is not healthy after 60 s"));
        assertThat(old.starts).isEqualTo(1);
        isAlone(old);
    }

    @Test
    void the_next_version_after_a_bad_one_is_tried() throws IOException {
        web(Strategy.ROLLING);
        world.stores.set(PASSWORD, POISON);
        world.agent.settle();
        world.stores.set(PASSWORD, "third");

        assertThat(world.agent.settle()).singleElement().isInstanceOf(Done.class);

        assertThat(sees(world.engine.named("web"))).isEqualTo("third");
        isAlone(world.engine.named("web"));
        assertThat(world.agent.journal.bad().all()).isEmpty();
    }

    @Test
    void a_store_that_is_away_postpones_and_leaves_nothing_behind() throws IOException {
        var old = web(Strategy.ROLLING);
        world.stores.set(PASSWORD, "second");
        world.agent.stores.look(world.agent.reconciler.refsInUse());
        world.stores.refuse(Refusal.Kind.UNAVAILABLE, "provider local is unavailable");

        assertThat(world.agent.sync())
                .singleElement()
                .isInstanceOfSatisfying(
                        Postponed.class, end -> assertThat(end.why()).contains("provider local is unavailable"));
        isAlone(old);
        assertThat(world.agent.journal.bad().all()).isEmpty();
    }

    @Test
    void what_can_not_be_replaced_is_not_tried_and_the_reason_is_told() throws IOException {
        var old = web(Strategy.ROLLING);
        old.setup = RollingTest::publishesAPort;
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.sync())
                .singleElement()
                .isInstanceOfSatisfying(
                        Postponed.class,
                        end -> assertThat(end.why())
                                .isEqualTo("web can't be replaced: it publishes port 8080->80/tcp"));
        isAlone(old);
        assertThat(world.engine.orders).isEmpty();
    }

    @Test
    void auto_replaces_where_that_surely_works() {
        var old = web(Strategy.AUTO);
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle())
                .singleElement()
                .isInstanceOfSatisfying(
                        Done.class,
                        end -> assertThat(end.job().policy().strategy()).isEqualTo(Strategy.ROLLING));
        assertThat(world.engine.named("web")).isNotSameAs(old);
    }

    @Test
    void auto_restarts_where_it_does_not_and_says_why() throws IOException {
        var web = web(Strategy.AUTO);
        web.setup = RollingTest::publishesAPort;
        world.stores.set(PASSWORD, "second");

        assertThat(world.agent.settle())
                .singleElement()
                .isInstanceOfSatisfying(
                        Done.class,
                        end -> assertThat(end.job().policy().strategy()).isEqualTo(Strategy.RESTART));

        isAlone(web);
        assertThat(world.engine.orders).containsExactly("restart web");
        assertThat(world.agent.happened)
                .anySatisfy(happened -> assertThat(happened.attributes())
                        .containsEntry("strategy", "restart")
                        .containsEntry("why", "it publishes port 8080->80/tcp"));
    }

    @Test
    void one_whose_user_stops_it_meanwhile_stays_stopped_and_alone() {
        var old = web(Strategy.ROLLING);
        world.stores.set(PASSWORD, "second");
        world.clock.in(Duration.ofSeconds(2), () -> world.engine.stop(old));

        assertThat(world.agent.sync()).singleElement().isInstanceOf(Gone.class);

        assertThat(world.engine.count()).isEqualTo(1);
        assertThat(old.running()).isFalse();
        assertThat(old.name).isEqualTo("web");
        assertThat(world.agent.journal.bad().all()).isEmpty();
    }

    @Test
    void one_whose_user_removes_it_meanwhile_leaves_nothing() throws IOException {
        var old = web(Strategy.ROLLING);
        world.stores.set(PASSWORD, "second");
        world.clock.in(Duration.ofSeconds(2), () -> world.engine.remove(old));

        assertThat(world.agent.sync()).singleElement().isInstanceOf(Gone.class);

        assertThat(world.engine.count()).isZero();
        assertThat(world.directories()).isZero();
    }

    /** The last one that runs is never removed. */
    @Test
    void a_new_one_that_dies_when_the_old_one_is_stopped_gives_way_to_it_again() throws IOException {
        var old = web(Strategy.ROLLING);
        world.stores.set(PASSWORD, "second");
        world.engine.fault((_, moment) -> {
            if (moment == Moment.AFTER && lastOrder().startsWith("stop")) {
                world.engine.noFault();
                world.engine.exit(world.engine.named("web"), 5);
            }
        });

        assertThat(world.agent.settle()).singleElement().isInstanceOf(RolledBack.class);

        isAlone(old);
        assertThat(sees(old)).isEqualTo("first");
    }

    @Test
    void a_name_that_somebody_took_meanwhile_gives_all_back() throws IOException {
        var old = web(Strategy.ROLLING);
        world.stores.set(PASSWORD, "second");
        world.engine.fault((_, moment) -> {
            if (moment == Moment.BEFORE && lastOrder().startsWith("join")) {
                world.engine.noFault();
                world.engine.create("web-last-" + old.id.substring(0, 8));
            }
        });

        assertThat(world.agent.sync()).singleElement().isInstanceOf(Postponed.class);

        assertThat(world.engine.count()).isEqualTo(2);
        assertThat(old.running()).isTrue();
        assertThat(old.name).isEqualTo("web");
    }

    @Test
    void a_removal_that_the_engine_refuses_is_tried_again() throws IOException {
        web(Strategy.ROLLING);
        world.stores.set(PASSWORD, "second");
        var refusals = new int[1];
        world.engine.fault((_, moment) -> {
            if (moment == Moment.AFTER
                    && world.engine.orders.stream().anyMatch(order -> order.startsWith("stop"))
                    && refusals[0]++ < 3) {
                throw new EngineException(Kind.REFUSED, "device or resource busy", new IOException());
            }
        });

        assertThat(world.agent.settle()).last().isInstanceOf(Done.class);

        assertThat(sees(world.engine.named("web"))).isEqualTo("second");
        isAlone(world.engine.named("web"));
    }

    /** As after a restart of the host: both were started by the engine, and the journal was on RAM. */
    private void forgotten() {
        world.killAgent();
        for (var file : java.util.Objects.requireNonNull(
                world.ram.directory.resolve("rotations").toFile().listFiles())) {
            assertThat(file.delete()).isTrue();
        }
        world.startAgent();
        world.agent.reconciler.leftOver(world.agent.observer.fullPass());
        World.eventually(() -> assertThat(world.agent.underWay.all()).isEmpty());
    }

    private void killedAfter(String order) {
        world.engine.fault((_, moment) -> {
            if (moment == Moment.AFTER && lastOrder().startsWith(order)) {
                throw new Killed(order);
            }
        });
        world.stores.set(PASSWORD, "second");
        world.agent.stores.look(world.agent.reconciler.refsInUse());
        var rotation = world.agent.reconciler.pass("shop").getFirst();
        assertThatThrownBy(() -> rotation.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(Killed.class);
        world.engine.noFault();
    }

    @Test
    void a_second_one_that_nobody_remembers_is_removed() throws IOException {
        var old = web(Strategy.ROLLING);
        killedAfter("start");
        assertThat(world.engine.count()).isEqualTo(2);

        forgotten();

        isAlone(old);
    }

    @Test
    void a_first_one_that_nobody_remembers_is_removed_when_the_second_has_its_name() throws IOException {
        web(Strategy.ROLLING);
        killedAfter("rename to web web-next");
        assertThat(world.engine.count()).isEqualTo(2);

        forgotten();

        isAlone(world.engine.named("web"));
        assertThat(sees(world.engine.named("web"))).isEqualTo("second");
    }

    @Test
    void all_bundles_of_a_container_change_by_one_rotation() throws IOException {
        web(Strategy.ROLLING);
        world.users(Strategy.SIGNAL, "one");
        var both = world.engine.create("web2", "shop", "users");
        both.app = _ -> OptionalInt.empty();
        world.engine.run(both);
        world.engine.remove(world.engine.named("web"));
        world.stores.set(PASSWORD, "second");
        world.stores.set(USER, "two");

        var ends = world.agent.settle();

        assertThat(ends)
                .singleElement()
                .isInstanceOfSatisfying(
                        Done.class,
                        end -> assertThat(end.job().real())
                                .extracting(Rotation.Change::bundle)
                                .containsExactlyInAnyOrder("shop", "users"));
        var web = world.engine.named("web2");
        assertThat(world.mounts(web))
                .hasSize(2)
                .allSatisfy(mount -> assertThat(mount.version().number()).isEqualTo(2));
        assertThat(world.engine.count()).isEqualTo(1);
        assertThat(world.directories()).isEqualTo(2);
    }
}
