package io.dso.agent.reconcile;

import static io.dso.agent.reconcile.World.PASSWORD;
import static io.dso.agent.reconcile.World.USER;
import static io.dso.agent.reconcile.World.sees;
import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.rotate.Rotation;
import io.dso.agent.rotate.Rotation.Done;
import io.dso.agent.rotate.Rotation.Postponed;
import io.dso.agent.secret.Refusal.Kind;
import io.dso.agent.secret.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReconcilerTest {
    private final World world = new World(Strategy.SIGNAL);

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void a_container_is_told_once_when_two_of_its_bundles_changed() {
        world.users(Strategy.SIGNAL, "anna");
        var web = world.engine.create("web", "shop", "users");
        world.engine.run(web);
        world.stores.set(PASSWORD, "second");
        world.stores.set(USER, "berta");

        var ends = world.agent.settle();

        assertThat(ends).allSatisfy(end -> assertThat(end).isInstanceOf(Done.class));
        assertThat(web.signals).isEqualTo(1);
        assertThat(world.mounts(web))
                .allSatisfy(mount -> assertThat(mount.version().number()).isEqualTo(2));
    }

    @Test
    void where_one_of_them_starts_the_application_anew_that_serves_both() {
        world.users(Strategy.RESTART, "anna");
        var web = world.engine.create("web", "shop", "users");
        world.engine.run(web);
        world.stores.set(PASSWORD, "second");
        world.stores.set(USER, "berta");

        world.agent.settle();

        assertThat(world.engine.orders).containsExactly("restart web");
        assertThat(world.mounts(web))
                .allSatisfy(mount -> assertThat(mount.version().number()).isEqualTo(2));
    }

    @Test
    void bundles_that_tell_a_container_in_different_ways_take_turns() {
        world.users(Strategy.EXEC, "anna");
        var web = world.engine.create("web", "shop", "users");
        world.engine.run(web);
        world.stores.set(PASSWORD, "second");
        world.stores.set(USER, "berta");

        world.agent.settle();

        assertThat(world.engine.orders).containsExactlyInAnyOrder("SIGHUP web", "/reload it in web");
        assertThat(world.mounts(web))
                .allSatisfy(mount -> assertThat(mount.version().number()).isEqualTo(2));
    }

    @Test
    void asking_for_what_is_under_way_gives_what_is_under_way() throws Exception {
        var web = world.running("web");
        var reading = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        web.app = _ -> {
            reading.countDown();
            try {
                assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return OptionalInt.empty();
        };
        world.stores.set(PASSWORD, "second");
        world.agent.stores.look(world.agent.reconciler.refsInUse());
        var begun = world.agent.reconciler.pass("shop");
        assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();

        var again = world.agent.reconciler.pass("shop");
        goOn.countDown();

        assertThat(again).isEqualTo(begun);
        assertThat(again.getFirst().get(30, TimeUnit.SECONDS)).isInstanceOf(Done.class);
        assertThat(web.signals).isEqualTo(1);
    }

    @Test
    void a_configuration_that_changes_what_files_look_like_is_a_new_version() {
        var web = world.running("web");
        world.stores.set(USER, "anna");
        world.bundles.put("shop", World.bundle("shop", Strategy.SIGNAL, PASSWORD, USER));

        assertThat(world.agent.settle()).singleElement().isInstanceOf(Done.class);

        assertThat(web.directory().resolve("user")).hasContent("anna");
        assertThat(world.has(web).number()).isEqualTo(2);
    }

    @Test
    void a_configuration_that_changes_under_a_rotation_postpones_it() {
        var web = world.running("web");
        var old = world.shop();
        var mount = world.mounts(web).getFirst();
        world.stores.set(PASSWORD, "second");
        world.stores.set(USER, "anna");
        var to = world.agent.journal.advance(old, Map.of(PASSWORD, new VersionId("s2")));
        world.agent.underWay.put(new Rotation.Switching(
                new Rotation.Job(web.id, "web", List.of(new Rotation.Change(mount, to)), old.reload())));
        world.killAgent();
        world.bundles.put("shop", World.bundle("shop", Strategy.SIGNAL, PASSWORD, USER));
        world.startAgent();

        world.agent.reconciler.resume();
        world.agent.settle();

        assertThat(world.agent.happened).anySatisfy(seen -> {
            assertThat(seen.type()).isEqualTo("rotation-postponed");
            assertThat(seen.attributes()).containsEntry("why", "bundle shop is configured in another way than in v2");
        });
        assertThat(web.directory().resolve("user")).hasContent("anna");
        assertThat(sees(web)).isEqualTo("second");
    }

    @Test
    void a_rotation_of_a_bundle_that_is_no_longer_configured_ends() {
        var web = world.running("web");
        var mount = world.mounts(web).getFirst();
        world.agent.underWay.put(new Rotation.Switching(new Rotation.Job(
                web.id,
                "web",
                List.of(new Rotation.Change(mount, mount.version())),
                world.shop().reload())));
        world.killAgent();
        world.bundles.clear();
        world.startAgent();

        world.agent.reconciler.resume();

        assertThat(world.agent.underWay.all()).isEmpty();
    }

    @Test
    void a_postponed_rotation_is_not_tried_at_once_again() {
        world.running("web");
        world.stores.set(PASSWORD, "second");
        world.agent.stores.look(world.agent.reconciler.refsInUse());
        world.stores.refuse(Kind.UNAVAILABLE, "away");

        assertThat(world.agent.sync()).singleElement().isInstanceOf(Postponed.class);

        assertThat(world.agent.happened)
                .filteredOn(seen -> seen.type().equals("rotation-postponed"))
                .hasSize(1);
    }

    @Test
    void old_versions_are_kept_for_their_last_readers_and_then_removed() throws IOException {
        var web = world.running("web");
        world.stores.set(PASSWORD, "second");
        world.agent.settle();
        var old = web.directory().resolve("..v1");

        world.agent.reconciler.prune();
        assertThat(old).exists();
        Files.setLastModifiedTime(old, FileTime.fromMillis(0));
        world.agent.reconciler.prune();

        assertThat(old).doesNotExist();
        assertThat(sees(web)).isEqualTo("second");
    }

    @Test
    void a_mark_is_outlived_by_a_start_with_a_newer_version() {
        var web = world.running("web");
        world.stores.set(PASSWORD, World.POISON);
        world.agent.settle();
        world.engine.stop(web);
        world.stores.set(PASSWORD, "third");
        world.engine.run(web);

        assertThat(world.agent.settle()).isEmpty();

        assertThat(sees(web)).isEqualTo("third");
        assertThat(world.agent.journal.bad().all()).isEmpty();
    }

    @Test
    void what_happened_is_told_with_names_and_numbers_and_no_value() {
        world.running("web");
        world.stores.set(PASSWORD, "second");

        world.agent.settle();

        assertThat(world.agent.happened.stream().map(Object::toString))
                .contains("changed bundle=shop to=v2")
                .anySatisfy(line -> assertThat(line)
                        .startsWith("rotated bundle=shop container=web id=web")
                        .endsWith("from=v1 to=v2"))
                .noneSatisfy(line -> assertThat(line).contains("second"));
    }

    @Test
    void nothing_is_begun_after_close() {
        world.running("web");
        world.agent.close();

        world.agent.reconciler.hint("shop");
        world.agent.reconciler.changed(Set.of(PASSWORD));

        assertThat(world.agent.reconciler.rotations()).isEqualTo(List.of());
    }
}
