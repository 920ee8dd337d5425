package io.dso.agent.reconcile;

import static io.dso.agent.reconcile.World.PASSWORD;
import static io.dso.agent.reconcile.World.POISON;
import static io.dso.agent.reconcile.World.USER;
import static io.dso.agent.reconcile.World.sees;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.Grant;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.bundle.VolumeDefinition;
import io.dso.agent.bundle.Workload;
import io.dso.agent.engine.EngineException;
import io.dso.agent.engine.FakeEngine.Moment;
import io.dso.agent.engine.Killed;
import io.dso.agent.problem.DsoException;
import io.dso.agent.reconcile.FirstDelivery.Served;
import io.dso.agent.rotate.Reason;
import io.dso.agent.rotate.Rotation;
import io.dso.agent.secret.Refusal.Kind;
import io.dso.agent.secret.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirstDeliveryTest {
    private final World world = new World(Strategy.RESTART);

    @AfterEach
    void end() {
        world.close();
    }

    private String refusalOfAStart(String container) {
        try {
            world.running(container);
            throw new AssertionError(container + " started");
        } catch (EngineException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void the_files_are_there_before_the_first_instruction() {
        var web = world.running("web"); // reads when it starts

        assertThat(sees(web)).isEqualTo("first");
        assertThat(world.mounts(web)).singleElement().satisfies(mount -> {
            assertThat(mount.bundle()).isEqualTo("shop");
            assertThat(mount.version().number()).isEqualTo(1);
        });
    }

    @Test
    void a_container_that_is_not_granted_is_refused_with_the_line_that_is_missing() throws IOException {
        assertThat(refusalOfAStart("other"))
                .isEqualTo(
                        "error while mounting volume 'shop': VolumeDriver.Mount: container other may not mount bundle"
                                + " shop: bundle shop allows container [web, web2, web3], this container has other [DSO-2004],"
                                + " at bundles.shop.allow; fix: allow: { container: other }");
        assertThat(world.directories()).isZero();
        assertThat(world.stores.questions).hasValue(0);
    }

    @Test
    void a_container_that_is_not_granted_cannot_ride_on_one_that_is() {
        world.engine.create("other", "shop");

        assertThat(refusalOfAStart("web")).contains("container other may not mount bundle shop");
    }

    @Test
    void one_that_is_not_granted_but_runs_does_not_keep_the_granted_from_starting() {
        world.volumes.put("shop", new VolumeDefinition("shop", "free", false));
        world.bundles.put("free", World.bundle("free", Strategy.NONE, PASSWORD));
        world.running("web2");

        assertThat(sees(world.running("web"))).isEqualTo("first");
    }

    @Test
    void a_bundle_that_is_not_configured_is_named() {
        world.bundles.clear();

        assertThat(refusalOfAStart("web"))
                .contains("bundle shop of volume shop is not in the configuration [DSO-2003], at volume shop;"
                        + " fix: add it under bundles, or remove the volume");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            NOT_FOUND       | create the secret, or correct its path in the bundle
            DENIED          | let the provider's credentials read it
            UNAUTHENTICATED | renew the provider's credentials
            THROTTLED       | see 'dso health', then start the container again
            UNAVAILABLE     | see 'dso health', then start the container again
            INVALID         | correct the provider's or the bundle's configuration
            """)
    void a_secret_that_cannot_be_had_refuses_the_start_with_reason_and_fix(Kind kind, String fix) throws IOException {
        world.stores.refuse(kind, "provider local says no");

        assertThat(refusalOfAStart("web")).endsWith("provider local says no [DSO-2007], at bundle shop; fix: " + fix);
        assertThat(world.directories()).isZero();
        assertThat(world.agent.journal.mounts().all()).isEmpty();
    }

    @Test
    void an_engine_that_does_not_say_who_mounts_refuses_a_volume_that_was_never_granted() {
        world.engine.away = true;

        assertThat(refusalOfAStart("web"))
                .contains("who mounts volume shop can't be checked: the Docker engine can't be reached [DSO-2005]");
    }

    @Test
    void a_volume_that_was_granted_is_served_while_the_engine_is_away() {
        var web = world.running("web");
        world.engine.stop(web);
        world.engine.away = true;

        world.engine.run(web);

        assertThat(sees(web)).isEqualTo("first");
    }

    @Test
    void a_volume_that_the_engine_only_looks_at_has_no_secret_and_is_not_empty() throws IOException {
        var served = world.agent.serve("shop", "m1");

        assertThat(served).isInstanceOf(Served.Unclaimed.class);
        try (var files = Files.list(served.directory())) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("..unclaimed");
        }
        world.agent.unmount("shop", "m1");
        assertThat(world.directories()).isZero();
    }

    @Test
    void a_store_that_is_away_is_no_reason_to_serve_old_values_unless_the_user_says_so() {
        var running = world.running("web2");
        world.stores.refuse(Kind.UNAVAILABLE, "provider local is unavailable");
        assertThat(refusalOfAStart("web")).contains("provider local is unavailable");
        world.lastGood();

        var web = world.running("web3");

        assertThat(sees(web)).isEqualTo("first");
        assertThat(world.has(web)).isEqualTo(world.has(running));
    }

    @ParameterizedTest
    @CsvSource({"NOT_FOUND", "DENIED", "UNAUTHENTICATED", "INVALID"})
    void last_good_does_not_bring_back_what_the_store_refuses_on_purpose(Kind kind) {
        world.running("web2");
        world.lastGood();
        world.stores.refuse(kind, "no");

        assertThat(refusalOfAStart("web")).contains("no [DSO-2007]");
    }

    @Test
    void last_good_that_nobody_has_any_more_refuses_with_the_stores_reason() {
        world.engine.stop(world.running("web2"));
        world.lastGood();
        world.stores.refuse(Kind.UNAVAILABLE, "provider local is unavailable");

        assertThat(refusalOfAStart("web")).contains("provider local is unavailable [DSO-2007]");
    }

    @Test
    void last_good_is_not_the_version_that_this_container_was_taken_back_from() {
        var web = world.running("web");
        world.running("web2");
        world.lastGood();
        world.stores.set(PASSWORD, POISON);
        world.agent.settle();
        world.engine.stop(web);
        world.stores.refuse(Kind.UNAVAILABLE, "provider local is unavailable");

        world.engine.run(web);

        assertThat(sees(web)).isEqualTo("first");
        assertThat(web.running()).isTrue();
    }

    @Test
    void a_container_with_a_bad_version_starts_with_the_good_one_even_if_the_store_forgot_it() {
        world.bundles.put("shop", World.bundle("shop", Strategy.SIGNAL, PASSWORD));
        var web = world.running("web");
        world.running("web2").app = _ -> java.util.OptionalInt.empty(); // stands all, and still has the old one
        world.stores.set(PASSWORD, POISON);
        world.agent.settle();
        world.engine.stop(web);
        world.stores.forgetOld(PASSWORD);

        world.engine.run(web);

        assertThat(sees(web)).isEqualTo("first");
    }

    @Test
    void a_good_version_that_is_nowhere_any_more_is_named() {
        var web = world.running("web");
        world.stores.set(PASSWORD, POISON);
        world.agent.settle();
        world.engine.stop(web);
        world.stores.forgetOld(PASSWORD);

        assertThatThrownBy(() -> world.engine.run(web))
                .hasMessageContaining("v1, which the container was taken back to, can't be had any more:"
                        + " no version s1 of local:shop/db#password [DSO-2007]");
    }

    @Test
    void docker_cp_of_a_running_container_leaves_it_its_files() {
        var web = world.running("web");
        var id = web.mount("shop");

        var served = world.agent.serve("shop", id);
        world.agent.unmount("shop", id);

        assertThat(served.directory()).isEqualTo(web.directory());
        assertThat(sees(web)).isEqualTo("first");
        assertThat(world.mounts(web))
                .singleElement()
                .satisfies(mount -> assertThat(mount.holders()).isEqualTo(1));
    }

    @Test
    void docker_cp_is_served_also_when_everything_else_would_refuse_it() {
        var web = world.running("web");
        world.bundles.clear();
        world.engine.away = true;
        world.stores.refuse(Kind.UNAVAILABLE, "away");

        assertThat(world.agent.serve("shop", web.mount("shop"))).isInstanceOf(Served.Delivered.class);
        world.agent.unmount("shop", web.mount("shop"));

        assertThat(sees(web)).isEqualTo("first");
    }

    @Test
    void a_start_with_the_id_of_a_mount_that_could_not_be_given_back_is_filled_anew() {
        var web = world.running("web");
        var id = web.mount("shop");
        world.killAgent();
        world.engine.stop(web);
        world.startAgent();
        world.stores.set(PASSWORD, "second");

        world.engine.run(web);

        assertThat(web.mount("shop")).isEqualTo(id);
        assertThat(sees(web)).isEqualTo("second");
        assertThat(world.mounts(web)).singleElement().satisfies(mount -> {
            assertThat(mount.holders()).isEqualTo(1);
            assertThat(mount.version().number()).isEqualTo(2);
        });
    }

    @Test
    void a_restart_that_outlives_the_agent_finds_both_versions_where_they_were() throws IOException {
        var web = world.running("web");
        world.stores.set(PASSWORD, "second");
        world.stores.forgetOld(PASSWORD);
        world.engine.fault((_, moment) -> {
            if (moment == Moment.BEFORE
                    && world.agent.underWay.all().stream().anyMatch(Rotation.Telling.class::isInstance)) {
                throw new Killed("with the restart ordered");
            }
        });
        world.agent.stores.look(world.agent.reconciler.refsInUse());
        world.agent.reconciler.pass("shop");
        World.eventually(
                () -> assertThat(world.agent.underWay.all()).singleElement().isInstanceOf(Rotation.Telling.class));
        world.killAgent();
        world.engine.noFault();
        world.engine.stop(web); // as the engine does, whose Unmount reaches nobody
        world.startAgent();
        world.stores.refuse(Kind.UNAVAILABLE, "away");

        world.engine.run(web);

        assertThat(sees(web)).isEqualTo("second");
        assertThat(web.directory().resolve("..v1/password")).hasContent("first");
        assertThat(world.directories()).isEqualTo(1);
    }

    @Test
    void docker_cp_survives_the_agent() {
        var web = world.running("web");
        var id = web.mount("shop");
        world.agent.serve("shop", id);
        world.killAgent();
        world.startAgent();

        world.agent.unmount("shop", id);
        assertThat(sees(web)).isEqualTo("first");

        world.agent.unmount("shop", id);
        assertThat(web.directory()).doesNotExist();
    }

    @Test
    void a_mount_that_is_tried_again_after_a_kill_is_made_anew() throws IOException {
        var half = world.ram.volumes.create("shop", "m1");
        Files.createDirectory(half.resolve("..new"));
        Files.writeString(half.resolve("..new/password"), "half of i");
        world.engine.create("web", "shop");

        var served = world.agent.serve("shop", "m1");

        assertThat(sees(served.directory())).isEqualTo("first");
        assertThat(served.directory().resolve("..new")).doesNotExist();
    }

    @Test
    void the_last_unmount_removes_every_byte() throws IOException {
        var web = world.running("web");
        var directory = web.directory();

        world.engine.stop(web);

        assertThat(directory).doesNotExist();
        assertThat(world.directories()).isZero();
        assertThat(world.agent.journal.mounts().all()).isEmpty();
    }

    @Test
    void an_unmount_that_nobody_knows_of_is_no_failure() {
        world.agent.unmount("shop", "m9");
        world.agent.unmount("shop", "m9");
    }

    @Test
    void a_mount_that_ends_during_its_rotation_is_kept_until_the_rotation_ended() throws IOException {
        var web = world.running("web");
        var old = web.directory();
        world.stores.set(PASSWORD, "second");
        var there = new boolean[1];
        world.engine.fault((_, moment) -> {
            if (moment == Moment.AFTER && web.starts == 2) {
                there[0] |= Files.exists(old.resolve("..v1/password"));
            }
        });

        world.agent.settle();

        assertThat(there[0]).isTrue();
        World.eventually(() -> assertThat(old).doesNotExist());
        assertThat(world.directories()).isEqualTo(1);
    }

    @Test
    void a_start_that_comes_when_the_rotation_goes_back_gets_the_old_version_from_ram() {
        var web = world.running("web");
        var mount = world.mounts(web).getFirst();
        var bad = world.agent.journal.advance(world.shop(), Map.of(PASSWORD, new VersionId("s2")));
        var job = new Rotation.Job(
                web.id,
                "web",
                List.of(new Rotation.Change(mount, bad)),
                world.shop().reload());
        world.agent.underWay.put(new Rotation.Reverting(job, new Reason.Bad("unhealthy")));
        world.stores.refuse(Kind.UNAVAILABLE, "away");

        world.engine.stop(web);
        world.engine.run(web);

        assertThat(sees(web)).isEqualTo("first");
    }

    @Test
    void labels_of_the_image_are_asked_for_once_and_only_where_a_rule_needs_them() {
        world.running("web");
        int without = world.engine.calls();
        var allow = new Grant(java.util.Set.of("shop"), java.util.Set.of(), java.util.Set.of(), java.util.Set.of());
        var b = world.shop();
        world.bundles.put(
                "shop",
                new Bundle(b.name(), b.items(), b.format(), b.owner(), b.mode(), allow, b.reload(), b.onUnavailable()));
        var composed = world.engine.create("any", "shop");
        composed.labels = Map.of(Workload.COMPOSE_PROJECT, "shop");

        world.engine.run(composed);
        int first = world.engine.calls();
        world.engine.stop(composed);
        world.engine.run(composed);

        assertThat(without).isEqualTo(1);
        assertThat(first - without).isEqualTo(2);
        assertThat(world.engine.calls() - first).isEqualTo(1);
    }

    @Test
    void one_secret_that_is_missing_refuses_all_and_leaves_no_other_behind() throws IOException {
        world.bundles.put("shop", World.bundle("shop", Strategy.NONE, PASSWORD, USER));

        assertThat(refusalOfAStart("web")).contains("no secret local:shop/db#user");
        assertThat(world.directories()).isZero();
    }

    @Test
    void ram_that_is_full_refuses_the_start_and_takes_nothing() throws IOException {
        world.stores.set(PASSWORD, new byte[1 << 20]);
        Files.write(world.ram.volumes.directory("filler"), new byte[0]);
        try (var filler = Files.newOutputStream(world.ram.volumes.directory("filler"))) {
            var chunk = new byte[1 << 20];
            while (true) {
                filler.write(chunk);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }

        assertThat(refusalOfAStart("web"))
                .contains("files of volume shop can't be written: No space left on device [DSO-2007]");
        assertThat(world.directories()).isZero();
        assertThat(world.stores.handedOut)
                .allSatisfy(value ->
                        assertThatThrownBy(() -> value.use(bytes -> bytes)).isInstanceOf(IllegalStateException.class));
    }

    @Test
    void a_problem_names_no_value() {
        assertThatThrownBy(() -> {
                    world.stores.refuse(Kind.DENIED, "denied");
                    world.engine.create("web", "shop");
                    world.agent.serve("shop", "m1");
                })
                .isInstanceOf(DsoException.class)
                .hasMessageNotContaining("first");
    }
}
