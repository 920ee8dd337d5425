package io.dso.agent.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.VersionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static BundleVersion version(int number) {
        return new BundleVersion(number, "files", Map.of(new SecretRef("v", "p", ""), new VersionId("v" + number)));
    }

    private static Mounted mount(String id, String container, int version) {
        return Mounted.fresh(id, "vol", "shop", version(version)).in(container, container);
    }

    @Test
    void a_container_on_an_old_version_is_brought_to_the_latest() {
        var old = mount("m1", "web", 1);

        assertThat(Plan.of(version(2), List.of(old), List.of(), Set.of()).rotations())
                .containsExactly(new Plan.Rotate(old, version(2)));
    }

    @Test
    void the_same_content_under_another_number_is_nothing_to_do() {
        var renumbered = new BundleVersion(9, "files", version(1).secrets());

        assertThat(Plan.of(renumbered, List.of(mount("m1", "web", 1)), List.of(), Set.of())
                        .rotations())
                .isEmpty();
    }

    @Test
    void a_container_that_did_not_stand_the_latest_stays_on_its_good_one() {
        var mark = new BadMark("web", "shop", version(2), version(1), "web exited with 3");

        assertThat(Plan.of(version(2), List.of(mount("m1", "web", 1)), List.of(mark), Set.of())
                        .rotations())
                .isEmpty();
        assertThat(Plan.of(version(2), List.of(mount("m1", "web", 2)), List.of(mark), Set.of())
                        .rotations())
                .singleElement()
                .satisfies(rotate -> assertThat(rotate.to()).isEqualTo(version(1)));
        assertThat(Plan.of(version(3), List.of(mount("m1", "web", 1)), List.of(mark), Set.of())
                        .rotations())
                .singleElement()
                .satisfies(rotate -> assertThat(rotate.to()).isEqualTo(version(3)));
    }

    @Test
    void what_an_operator_took_back_is_taken_back_everywhere_until_the_stores_have_another() {
        var order = BadMark.everywhere("shop", version(3), version(1), "v1 ordered by anna");
        var mounts = List.of(mount("m1", "web", 3), mount("m2", "web2", 1), mount("m3", "web3", 2));

        assertThat(Plan.of(version(3), mounts, List.of(order), Set.of()).rotations())
                .containsExactly(
                        new Plan.Rotate(mounts.get(0), version(1)), new Plan.Rotate(mounts.get(2), version(1)));
        assertThat(Plan.of(version(4), mounts, List.of(order), Set.of()).rotations())
                .hasSize(3)
                .allSatisfy(rotate -> assertThat(rotate.to()).isEqualTo(version(4)));
        assertThat(Plan.wanted(BadMark.EVERYWHERE, version(3), List.of(order))).isEqualTo(version(1));
    }

    @Test
    void a_container_that_does_not_stand_what_was_ordered_keeps_what_it_stands() {
        var order = BadMark.everywhere("shop", version(3), version(1), "v1 ordered by anna");
        var bad = new BadMark("web", "shop", version(1), version(3), "web exited with 3");

        assertThat(Plan.wanted("web", version(3), List.of(order, bad))).isEqualTo(version(3));
        assertThat(Plan.wanted("web2", version(3), List.of(order, bad))).isEqualTo(version(1));
    }

    @Test
    void an_order_speaks_for_its_version_and_against_the_stores() {
        var bad2 = new BadMark("web", "shop", version(2), version(1), "why");
        var bad3 = new BadMark("web2", "shop", version(3), version(1), "why");
        var before = BadMark.everywhere("shop", version(3), version(1), "v1 ordered by berta");

        assertThat(Marks.ordering("shop", version(2), version(3), List.of(bad2, bad3, before), "anna"))
                .containsExactlyInAnyOrder(bad3, BadMark.everywhere("shop", version(3), version(2), "anna"));
        assertThat(Marks.ordering("shop", version(3), version(3), List.of(bad2, bad3, before), "anna"))
                .containsExactly(bad2);
        assertThat(Marks.outlived(before, version(3))).isFalse();
        assertThat(Marks.outlived(before, version(4))).isTrue();
        assertThat(Marks.outlived(bad2, version(4))).isFalse();
    }

    @Test
    void a_difference_names_what_changed_and_not_more_than_can_be_read() {
        var many = new HashMap<SecretRef, VersionId>();
        for (int i = 0; i < 6; i++) {
            many.put(new SecretRef("v", "p" + i, ""), new VersionId("v1"));
        }
        var all = new BundleVersion(2, "files", many);

        assertThat(Difference.between(version(1), version(2))).isEqualTo("changed: v:p");
        assertThat(Difference.between(version(1), all)).isEqualTo("changed: v:p0, v:p1, v:p2, 3 more");
        assertThat(Difference.between(
                        version(1), new BundleVersion(2, "json", version(1).secrets())))
                .isEqualTo("the bundle is configured in another way");
    }

    @Test
    void whatever_was_seen_the_plan_keeps_its_promises() {
        for (int seed = 0; seed < 5000; seed++) {
            keepsItsPromises(new Random(seed));
        }
    }

    private static void keepsItsPromises(Random random) {
        var latest = version(1 + random.nextInt(4));
        var mounts = new ArrayList<Mounted>();
        var bad = new ArrayList<BadMark>();
        var busy = new HashSet<String>();
        for (int i = 0; i < random.nextInt(12); i++) {
            var container = random.nextInt(5) == 0 ? "" : "c" + random.nextInt(6);
            var mount = mount("m" + i, container, 1 + random.nextInt(4));
            mounts.add(random.nextInt(5) == 0 ? mount.retired() : mount);
        }
        for (int i = 0; i < 6; i++) {
            if (random.nextInt(3) == 0) {
                int good = 1 + random.nextInt(4);
                int taken = 1 + random.nextInt(4);
                if (good != taken) {
                    bad.add(new BadMark("c" + i, "shop", version(taken), version(good), "why"));
                }
            }
            if (random.nextInt(4) == 0) {
                busy.add("c" + i);
            }
        }

        var plan = Plan.of(latest, mounts, bad, busy);

        assertThat(plan).as("same input, same plan").isEqualTo(Plan.of(latest, mounts, bad, busy));
        assertThat(plan.rotations().stream().map(rotate -> rotate.mount().container()))
                .as("each container at most once, none that is busy or unknown")
                .doesNotHaveDuplicates()
                .doesNotContain("")
                .noneMatch(busy::contains);
        assertThat(plan.rotations()).allSatisfy(rotate -> {
            assertThat(rotate.mount().live()).isTrue();
            assertThat(rotate.mount().version().sameContent(rotate.to())).isFalse();
            assertThat(bad)
                    .as("a bad version is never tried again")
                    .noneMatch(mark -> mark.container().equals(rotate.mount().container())
                            && mark.bad().sameContent(rotate.to())
                            && mark.bad().sameContent(latest));
        });
        var after = mounts.stream()
                .map(mount -> plan.rotations().stream()
                        .filter(rotate -> rotate.mount().container().equals(mount.container()))
                        .findFirst()
                        .map(rotate -> mount.at(rotate.to()))
                        .orElse(mount))
                .toList();
        assertThat(Plan.of(latest, after, bad, busy).rotations())
                .as("done once, there is nothing left to do")
                .isEmpty();
    }
}
