package io.dso.agent.decide;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What to do about the containers of one bundle.
 *
 * @param rotations one for each container that has another version than it should, in the order of the mounts
 */
public record Plan(List<Rotate> rotations) {

    /** Bring a mount in a running container to a version. */
    public record Rotate(Mounted mount, BundleVersion to) {}

    /**
     * Compares what is wanted with what was seen.
     *
     * @param latest what the stores have now
     * @param mounts the bundle's mounts in running containers
     * @param bad versions that containers didn't stand
     * @param busy containers with a rotation under way: they are looked at again when it ends
     */
    public static Plan of(BundleVersion latest, Collection<Mounted> mounts, Collection<BadMark> bad, Set<String> busy) {
        var rotations = new ArrayList<Rotate>();
        var planned = new HashSet<>(busy);
        for (var mount : mounts) {
            if (!mount.live() || mount.container().isEmpty()) {
                continue;
            }
            var wanted = wanted(mount.container(), latest, bad);
            if (!mount.version().sameContent(wanted) && planned.add(mount.container())) {
                rotations.add(new Rotate(mount, wanted));
            }
        }
        return new Plan(List.copyOf(rotations));
    }

    /**
     * The version a container should have: the latest, unless an operator took that back; or the one it was taken back to
     * while that is bad for it.
     *
     * @param container its ID; {@link BadMark#EVERYWHERE} for one that isn't known
     */
    public static BundleVersion wanted(String container, BundleVersion latest, Collection<BadMark> bad) {
        var ordered = ordered(latest, bad);
        return markFor(container, ordered, bad).map(BadMark::good).orElse(ordered);
    }

    /** The version that all containers should have which stand it. */
    public static BundleVersion ordered(BundleVersion latest, Collection<BadMark> bad) {
        return markFor(BadMark.EVERYWHERE, latest, bad).map(BadMark::good).orElse(latest);
    }

    /** The mark that forbids a version to a container. */
    public static Optional<BadMark> markFor(String container, BundleVersion version, Collection<BadMark> bad) {
        return bad.stream()
                .filter(mark -> mark.container().equals(container) && mark.bad().sameContent(version))
                .findFirst();
    }
}
