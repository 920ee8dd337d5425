package io.dso.agent.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.reconcile.World;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Refusal;
import io.dso.agent.secret.VersionId;
import io.dso.agent.time.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeliveryTest {
    private final World world = new World(Strategy.NONE);
    private final Delivery delivery = world.agent.delivery;

    @AfterEach
    void end() {
        world.close();
    }

    private Mounted mount(String id) throws IOException {
        world.ram.volumes.create("shop", id);
        return Mounted.fresh(id, "shop", "shop", version(1, "s1"));
    }

    private BundleVersion version(int number, String store) {
        return new BundleVersion(
                number, BundleVersion.shapeOf(world.shop()), Map.of(World.PASSWORD, new VersionId(store)));
    }

    private Answer<BundleVersion> publish(Mounted mount, BundleVersion version) {
        return delivery.publish(mount, world.shop(), version, Deadline.after(Duration.ofSeconds(10), world.clock));
    }

    private String sees(Mounted mount) {
        return World.sees(world.ram.volumes.directory(mount.volume(), mount.id()));
    }

    private static Refusal refusal(Answer<BundleVersion> answer) {
        return switch (answer) {
            case Answer.Refused<BundleVersion>(var refusal) -> refusal;
            case Answer.Got<BundleVersion> got -> throw new AssertionError(got);
        };
    }

    @Test
    void exactly_the_version_that_was_decided_on_is_delivered() throws IOException {
        var mount = mount("m1");
        world.stores.set(World.PASSWORD, "second");

        assertThat(publish(mount, version(1, "s1"))).isInstanceOf(Answer.Got.class);

        assertThat(sees(mount)).isEqualTo("first");
        assertThat(world.stores.fetched).containsExactly("local:shop/db#password@s1");
    }

    @Test
    void a_refusal_leaves_what_is_shown() throws IOException {
        var mount = mount("m1");
        publish(mount, version(1, "s1"));
        world.stores.refuse(Refusal.Kind.THROTTLED, "too many requests");

        assertThat(refusal(publish(mount, version(2, "s2"))).kind()).isEqualTo(Refusal.Kind.THROTTLED);

        assertThat(sees(mount)).isEqualTo("first");
    }

    @Test
    void a_version_of_another_shape_is_refused_without_a_fetch() throws IOException {
        var mount = mount("m1");

        var answer =
                publish(mount, new BundleVersion(1, "another", version(1, "s1").secrets()));

        assertThat(refusal(answer).why()).isEqualTo("bundle shop is configured in another way than in v1");
        assertThat(world.stores.fetched).isEmpty();
    }

    @Test
    void what_does_not_read_back_is_taken_back() throws IOException {
        var mount = mount("m1");
        publish(mount, version(1, "s1"));
        world.stores.set(World.PASSWORD, "second");
        var planted = world.ram.volumes.directory("shop", "m1").resolve("..v2"); // has the number, but not the content
        Files.createDirectory(planted);
        Files.writeString(planted.resolve("password"), "something else");

        assertThat(refusal(publish(mount, version(2, "s2"))).why())
                .isEqualTo("files of volume shop don't read back as they were written");

        assertThat(sees(mount)).isEqualTo("first");
    }

    @Test
    void a_copy_comes_from_whichever_mount_has_the_content() throws IOException {
        var holder = mount("m1");
        publish(holder, version(1, "s1"));
        var mount = mount("m2");
        world.stores.refuse(Refusal.Kind.UNAVAILABLE, "away");

        var sameContent = version(7, "s1");
        assertThat(delivery.copy(sameContent, List.of(mount, holder), mount, world.shop()))
                .isEqualTo(Answer.got(sameContent));

        assertThat(sees(mount)).isEqualTo("first");
        assertThat(refusal(delivery.copy(version(8, "s8"), List.of(holder), mount, world.shop()))
                        .kind())
                .isEqualTo(Refusal.Kind.NOT_FOUND);
    }

    @Test
    void going_back_needs_no_store() throws IOException {
        var mount = mount("m1");
        publish(mount, version(1, "s1"));
        world.stores.set(World.PASSWORD, "second");
        publish(mount, version(2, "s2"));
        world.stores.refuse(Refusal.Kind.UNAVAILABLE, "away");

        assertThat(delivery.back(mount, version(1, "s1"))).isInstanceOf(Answer.Got.class);

        assertThat(sees(mount)).isEqualTo("first");
        assertThat(refusal(delivery.back(mount, version(5, "s5"))).kind()).isEqualTo(Refusal.Kind.NOT_FOUND);
    }

    @Test
    void a_mount_that_is_gone_is_a_refusal() {
        var gone = Mounted.fresh("m9", "shop", "shop", version(1, "s1"));

        assertThat(refusal(publish(gone, version(1, "s1"))).why())
                .startsWith("files of volume shop can't be written: there is no ");
    }

    @Test
    void every_value_is_wiped() throws IOException {
        publish(mount("m1"), version(1, "s1"));

        assertThat(world.stores.handedOut)
                .singleElement()
                .satisfies(value ->
                        assertThatThrownBy(() -> value.use(bytes -> bytes)).isInstanceOf(IllegalStateException.class));
    }
}
