package io.dso.agent.decide;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.ReloadPolicy.Batch;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who of those that are due goes now. One goes first; when some container has the version and isn't busy, as many as the
 * policy allows at a time. When one didn't stand it, no other is brought to it.
 *
 * @param now in the order of the plan
 * @param later have to wait for their turn
 * @param held stay as they are: one didn't stand what they would get
 */
public record Turns(List<Plan.Rotate> now, List<Plan.Rotate> later, List<Plan.Rotate> held) {

    /**
     * Shares out turns.
     *
     * @param latest what all should have that stand it; those among the due that get another one go back
     * @param mounts the bundle's
     * @param bad the bundle's
     * @param busy containers with a rotation under way
     */
    public static Turns of(
            List<Plan.Rotate> due,
            BundleVersion latest,
            Collection<Mounted> mounts,
            Collection<BadMark> bad,
            Set<String> busy,
            Batch batch) {
        boolean failed = failure(latest, bad).isPresent();
        var held = due.stream()
                .filter(rotate -> failed && rotate.to().sameContent(latest))
                .toList();
        var allowed = due.stream().filter(rotate -> !held.contains(rotate)).toList();
        var running = mounts.stream()
                .filter(mount -> mount.live() && !mount.container().isEmpty())
                .toList();
        boolean proved = running.stream()
                .anyMatch(mount -> mount.version().sameContent(latest) && !busy.contains(mount.container()));
        long underWay = running.stream()
                .map(Mounted::container)
                .filter(busy::contains)
                .distinct()
                .count();
        long free = Math.max(0, (proved || failed ? batch.maxParallel() : 1) - underWay);
        return new Turns(
                allowed.stream().limit(free).toList(),
                allowed.stream().skip(free).toList(),
                held);
    }

    /** Somebody's failure with a version. */
    static Optional<BadMark> failure(BundleVersion version, Collection<BadMark> bad) {
        return bad.stream()
                .filter(mark -> !mark.isEverywhere() && mark.bad().sameContent(version))
                .findFirst();
    }
}
