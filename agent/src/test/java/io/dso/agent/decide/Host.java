package io.dso.agent.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.ReloadPolicy.OnFailure;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.VersionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A host in a few maps: stores, containers, marks, rotations under way. It does what is decided, as the agent does, and
 * looks at every decision as it comes.
 */
final class Host {
    private record Rotation(String container, Joint joint) {
        List<Joint.Step> changes() {
            return joint.steps().stream().filter(Joint.Step::changes).toList();
        }
    }

    private final HostSetup setup;
    private final Map<String, Integer> stores = new HashMap<>();
    /** All that each bundle ever was, oldest first. */
    private final Map<String, List<BundleVersion>> history = new HashMap<>();

    private final Map<String, Mounted> mounts = new LinkedHashMap<>();
    private final Map<String, BadMark> marks = new LinkedHashMap<>();
    private final Map<String, Rotation> underWay = new LinkedHashMap<>();
    private int started;

    /** All containers run, on content 1. */
    Host(HostSetup setup) {
        this.setup = setup;
        setup.policies().keySet().forEach(bundle -> stores.put(bundle, 1));
        setup.containers().keySet().forEach(this::start);
    }

    private static int content(BundleVersion version) {
        return Integer.parseInt(version.secrets().values().iterator().next().text());
    }

    private BundleVersion latest(String bundle) {
        var known = history.computeIfAbsent(bundle, _ -> new ArrayList<>());
        var now = Map.of(new SecretRef("v", bundle, ""), new VersionId(stores.get(bundle) + ""));
        if (known.isEmpty() || !known.getLast().secrets().equals(now)) {
            known.add(new BundleVersion(known.size() + 1, "files", now));
        }
        return known.getLast();
    }

    // ---- what happens by itself

    void storesHave(String bundle, int content) {
        stores.put(bundle, content);
    }

    void stop(String container) {
        mounts.values().removeIf(mount -> mount.container().equals(container));
    }

    /** It is given what is decided, and ends at once if it doesn't stand that. */
    void start(String container) {
        if (underWay.containsKey(container) || runs(container)) {
            return;
        }
        var application = setup.application(container);
        var given = new ArrayList<Mounted>();
        for (var bundle : application.bundles()) {
            var version = Plan.wanted(container, latest(bundle), bad(bundle));
            seeWhatAStartGets(container, bundle, version);
            var id = "m" + ++started;
            given.add(Mounted.fresh(id, bundle + started, bundle, version).in(container, container));
        }
        if (given.stream().noneMatch(mount -> application.intolerable().contains(content(mount.version())))) {
            given.forEach(mount -> mounts.put(mount.id(), mount));
        }
    }

    private void seeWhatAStartGets(String container, String bundle, BundleVersion version) {
        var own = bad(bundle).stream().filter(mark -> mark.container().equals(container));
        assertThat(own.map(BadMark::bad))
                .as("%s was taken back from it", bundle)
                .noneMatch(version::sameContent);
        var kept = bad(bundle).stream()
                .filter(mark -> mark.container().equals(container))
                .map(BadMark::good);
        var ordered = bad(bundle).stream().filter(BadMark::isEverywhere);
        if (kept.noneMatch(version::sameContent)) {
            assertThat(ordered.map(BadMark::bad).filter(latest(bundle)::sameContent))
                    .as("%s was taken back from all", bundle)
                    .noneMatch(version::sameContent);
        }
    }

    /** An operator wants one of the versions that were. */
    void order(String bundle, int which) {
        var latest = latest(bundle);
        var known = Objects.requireNonNull(history.get(bundle));
        var to = known.get(which % known.size());
        var after = Marks.ordering(bundle, to, latest, bad(bundle), "an order");
        marks.values().removeIf(mark -> mark.bundle().equals(bundle));
        after.forEach(mark -> marks.put(mark.key(), mark));
        assertThat(bad(bundle).stream().map(BadMark::bad))
                .as("what is ordered is tried")
                .noneMatch(to::sameContent);
        assertThat(Plan.ordered(latest, bad(bundle)).sameContent(to))
                .as("what is ordered is wanted")
                .isTrue();
    }

    // ---- what the agent does

    /** Compares a bundle with what its containers have. True if a rotation began. */
    boolean pass(String bundle) {
        var latest = latest(bundle);
        marks.values().removeIf(mark -> mark.bundle().equals(bundle) && outlived(mark, latest));
        var busy = Set.copyOf(underWay.keySet());
        var has = of(bundle, mounts.values());
        var due = Plan.of(latest, has, bad(bundle), busy).rotations();
        var ordered = Plan.ordered(latest, bad(bundle));
        var batch = setup.policy(bundle).batch();
        var turns = Turns.of(due, ordered, has, bad(bundle), busy, batch);
        seeTurns(bundle, turns, busy);
        turns.now().forEach(this::begin);
        return !turns.now().isEmpty();
    }

    private boolean outlived(BadMark mark, BundleVersion latest) {
        return mark.isEverywhere()
                ? Marks.outlived(mark, latest)
                : mounts.values().stream()
                        .filter(mount -> mount.container().equals(mark.container())
                                && mount.bundle().equals(mark.bundle()))
                        .map(Mounted::version)
                        .anyMatch(version -> !version.sameContent(mark.bad()) && !version.sameContent(mark.good()));
    }

    private void seeTurns(String bundle, Turns turns, Set<String> busy) {
        var begun =
                turns.now().stream().map(rotate -> rotate.mount().container()).toList();
        assertThat(begun).as("each container at most once a pass").doesNotHaveDuplicates();
        assertThat(begun).as("none that is rotated already").noneMatch(busy::contains);
        assertThat(turns.now())
                .as("none that has what it should")
                .noneMatch(rotate -> rotate.mount().version().sameContent(rotate.to()));
        assertThat(turns.now())
                .as("where some container didn't stand it, no other is brought to it")
                .noneMatch(rotate -> isRefused(bundle, rotate.to()) && isTheOneForAll(bundle, rotate.to()));
        var ordered = Plan.ordered(latest(bundle), bad(bundle));
        boolean proved = isRefused(bundle, ordered)
                || of(bundle, mounts.values()).stream()
                        .anyMatch(mount -> mount.version().sameContent(ordered) && !busy.contains(mount.container()));
        var walking = busy.stream()
                .filter(container -> of(bundle, mounts.values()).stream()
                        .anyMatch(mount -> mount.container().equals(container)))
                .count();
        assertThat(begun.size())
                .as("one goes first, then no more than max-parallel")
                .isLessThanOrEqualTo(
                        (int) Math.max(0, (proved ? setup.policy(bundle).batch().maxParallel() : 1) - walking));
    }

    private boolean isRefused(String bundle, BundleVersion version) {
        return bad(bundle).stream()
                .anyMatch(mark -> !mark.isEverywhere() && mark.bad().sameContent(version));
    }

    private boolean isTheOneForAll(String bundle, BundleVersion version) {
        return Plan.ordered(latest(bundle), bad(bundle)).sameContent(version);
    }

    private void begin(Plan.Rotate rotate) {
        var cause = rotate.mount();
        Map<String, Desired> beside = new HashMap<>();
        setup.policies().forEach((bundle, policy) -> {
            if (!bundle.equals(cause.bundle())) {
                beside.put(bundle, new Desired(latest(bundle), policy));
            }
        });
        var joint =
                Joint.of(rotate, setup.policy(cause.bundle()), beside, mounts.values(), List.copyOf(marks.values()));
        var rotation = new Rotation(cause.container(), joint);
        seeWhatGoesAlong(rotation);
        underWay.put(cause.container(), rotation);
        rotation.changes().forEach(step -> move(step, step.to()));
    }

    private void seeWhatGoesAlong(Rotation rotation) {
        assertThat(rotation.changes()).as("it changes something").isNotEmpty();
        assertThat(rotation.joint().steps())
                .as("it is about all that the container has")
                .hasSize((int) mounts.values().stream()
                        .filter(mount -> mount.container().equals(rotation.container()))
                        .count());
        assertThat(rotation.changes())
                .as("nothing that was taken back from it")
                .noneMatch(step -> bad(step.mount().bundle()).stream()
                        .anyMatch(mark -> mark.container().equals(rotation.container())
                                && mark.bad().sameContent(step.to())));
        if (rotation.changes().stream()
                .anyMatch(step -> setup.policy(step.mount().bundle()).strategy() == Strategy.RESTART)) {
            assertThat(rotation.joint().policy().strategy())
                    .as("what has to be restarted is")
                    .isEqualTo(Strategy.RESTART);
        }
        boolean anew = Set.of(Strategy.RESTART, Strategy.ROLLING, Strategy.AUTO)
                .contains(rotation.joint().policy().strategy());
        assertThat(rotation.joint().steps())
                .as("what starts it anew brings all that is due")
                .allMatch(step -> !anew || step.to().sameContent(should(step.mount())));
    }

    private void move(Joint.Step step, BundleVersion version) {
        mounts.computeIfPresent(step.mount().id(), (_, mount) -> mount.at(version));
    }

    /** One of the rotations under way ends. */
    void end(int which, boolean lost) {
        if (underWay.isEmpty()) {
            return;
        }
        var rotation = List.copyOf(underWay.values()).get(which % underWay.size());
        underWay.remove(rotation.container());
        if (!runs(rotation.container())) {
            return;
        }
        var application = setup.application(rotation.container());
        boolean stands = rotation.joint().steps().stream()
                .noneMatch(step -> application.intolerable().contains(content(step.to())));
        if (lost || !stands) {
            rotation.changes().forEach(step -> move(step, step.mount().version()));
        }
        if (!lost) {
            rotation.changes().forEach(step -> note(rotation, step, stands));
        }
    }

    private void note(Rotation rotation, Joint.Step step, boolean stands) {
        var bundle = step.mount().bundle();
        var mark = new BadMark(
                rotation.container(), bundle, step.to(), step.mount().version(), "it exited");
        if (stands) {
            var before = marks.get(mark.key());
            if (before != null && !before.good().sameContent(step.to())) {
                marks.remove(mark.key());
            }
        } else {
            marks.put(mark.key(), mark);
            if (rotation.joint().policy().batch().onFailure() == OnFailure.ROLLBACK) {
                Marks.takingBack(bundle, mark.bad(), mark.good(), bad(bundle), mark.why())
                        .ifPresent(all -> marks.put(all.key(), all));
            }
        }
    }

    // ---- what is to come out

    /** True if nothing is under way. */
    boolean isIdle() {
        return underWay.isEmpty();
    }

    /** Each container has what the stores have, but for what was taken back from it or from all, or held for another's sake. */
    void seeThatAllHaveWhatTheyShould() {
        assertThat(new ArrayList<>(mounts.values()))
                .allSatisfy(mount -> assertThat(content(mount.version()))
                        .as("content of %s, with %s", mount, marks.values())
                        .isEqualTo(content(should(mount))));
    }

    private BundleVersion should(Mounted mount) {
        var bundle = mount.bundle();
        var forAll = forbidden(BadMark.EVERYWHERE, bundle, latest(bundle));
        var own = forbidden(mount.container(), bundle, forAll);
        return own == forAll && isRefused(bundle, forAll) ? mount.version() : own;
    }

    private BundleVersion forbidden(String container, String bundle, BundleVersion version) {
        var mark = marks.get(container + " " + bundle);
        return mark != null && mark.bad().secrets().equals(version.secrets()) ? mark.good() : version;
    }

    private boolean runs(String container) {
        return mounts.values().stream().anyMatch(mount -> mount.container().equals(container));
    }

    private List<BadMark> bad(String bundle) {
        return marks.values().stream()
                .filter(mark -> mark.bundle().equals(bundle))
                .toList();
    }

    private static List<Mounted> of(String bundle, Collection<Mounted> mounts) {
        return mounts.stream().filter(mount -> mount.bundle().equals(bundle)).toList();
    }

    Set<String> bundles() {
        return setup.policies().keySet();
    }
}
