package io.dso.agent.reconcile;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.decide.Course;
import io.dso.agent.decide.Difference;
import io.dso.agent.decide.Plan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What would be done about a bundle's containers, and why; nothing is.
 *
 * @param bundle its name
 * @param version what the stores have now
 * @param steps one for each container that has another version than the stores have, or should have; by name
 */
public record Preview(String bundle, BundleVersion version, List<Step> steps) {

    /** One container. */
    public sealed interface Step {
        /** What it has. */
        Mounted mount();

        /** One sentence. */
        String why();

        /**
         * It would be rotated.
         *
         * @param policy in which way
         */
        record Rotates(Mounted mount, BundleVersion to, ReloadPolicy policy, String why) implements Step {}

        /** It would stay as it is. */
        record Stays(Mounted mount, String why) implements Step {}
    }

    /** @param course what holds for a rotation that is due */
    static Preview of(
            Bundle bundle,
            BundleVersion latest,
            Collection<Mounted> mounts,
            Collection<BadMark> bad,
            Set<String> busy,
            Function<Plan.Rotate, Course> course) {
        Map<Mounted, Plan.Rotate> due = new HashMap<>();
        Plan.of(latest, mounts, bad, busy).rotations().forEach(rotate -> due.put(rotate.mount(), rotate));
        var steps = new ArrayList<Step>();
        for (var mount : mounts) {
            var rotate = due.get(mount);
            if (rotate != null) {
                steps.add(step(rotate, course.apply(rotate), bad));
            } else if (mount.live()
                    && !mount.container().isEmpty()
                    && !mount.version().sameContent(latest)) {
                steps.add(kept(mount, latest, bad, busy));
            }
        }
        steps.sort((a, b) -> a.mount().name().compareTo(b.mount().name()));
        return new Preview(bundle.name(), latest, List.copyOf(steps));
    }

    private static Step step(Plan.Rotate rotate, Course course, Collection<BadMark> bad) {
        var mount = rotate.mount();
        return switch (course) {
            case Course.Stay(var why) -> new Step.Stays(mount, why);
            case Course.Go(var policy) ->
                new Step.Rotates(
                        mount,
                        rotate.to(),
                        policy,
                        bad.stream()
                                .filter(mark -> mark.covers(mount.container())
                                        && mark.good().equals(rotate.to()))
                                .map(BadMark::why)
                                .findFirst()
                                .orElseGet(() -> Difference.between(mount.version(), rotate.to())));
        };
    }

    /** One that has another version than the latest, and is not to be rotated. */
    private static Step kept(Mounted mount, BundleVersion latest, Collection<BadMark> bad, Set<String> busy) {
        if (busy.contains(mount.container())) {
            return new Step.Stays(mount, "a rotation is under way");
        }
        return new Step.Stays(
                mount,
                Plan.markFor(mount.container(), Plan.ordered(latest, bad), bad)
                        .or(() -> Plan.markFor(BadMark.EVERYWHERE, latest, bad))
                        .map(mark -> "%s taken back: %s".formatted(mark.bad(), mark.why()))
                        .orElse("another mount of it is rotated first"));
    }
}
