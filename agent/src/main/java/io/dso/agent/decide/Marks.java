package io.dso.agent.decide;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.BundleVersion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What becomes of a bundle's marks. */
public final class Marks {
    private Marks() {}

    /**
     * The marks once an operator ordered a version: nothing speaks against it any more, and against the stores' own, if
     * that is another one, the order does.
     *
     * @param latest what the stores have
     * @param why whose order it is
     */
    public static List<BadMark> ordering(
            String bundle, BundleVersion to, BundleVersion latest, Collection<BadMark> marks, String why) {
        var kept = new ArrayList<BadMark>();
        marks.stream()
                .filter(mark -> !mark.isEverywhere() && !mark.bad().sameContent(to))
                .forEach(kept::add);
        if (!to.sameContent(latest)) {
            kept.add(BadMark.everywhere(bundle, latest, to, why));
        }
        return List.copyOf(kept);
    }

    /** True for a mark for all against a version that isn't the stores' any more. */
    public static boolean outlived(BadMark mark, BundleVersion latest) {
        return mark.isEverywhere() && !mark.bad().sameContent(latest);
    }

    /**
     * The mark with which all go back since a container didn't stand a version: to what it had before, unless another one
     * didn't stand that. On the way back from a newer version, it is from that one to a version further back.
     *
     * @param bad what it didn't stand
     * @param before what it had
     * @param marks of the bundle
     * @return empty if the marks there are say enough
     */
    public static Optional<BadMark> takingBack(
            String bundle, BundleVersion bad, BundleVersion before, Collection<BadMark> marks, String why) {
        var good = stood(before, marks);
        var wayBack = marks.stream()
                .filter(mark -> mark.isEverywhere() && mark.bad().number() > bad.number())
                .filter(mark -> !mark.bad().sameContent(good))
                .findFirst();
        if (good.sameContent(bad)
                || wayBack.filter(mark -> !mark.good().sameContent(bad)).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(BadMark.everywhere(bundle, wayBack.map(BadMark::bad).orElse(bad), good, why));
    }

    /** The version, or the next older one that no container failed with. */
    private static BundleVersion stood(BundleVersion version, Collection<BadMark> marks) {
        return marks.stream()
                .filter(mark -> !mark.isEverywhere() && mark.bad().sameContent(version))
                .map(BadMark::good)
                .filter(good -> good.number() < version.number()) // not a failure on a way back: that would lead round
                .findFirst()
                .map(good -> stood(good, marks))
                .orElse(version);
    }
}
