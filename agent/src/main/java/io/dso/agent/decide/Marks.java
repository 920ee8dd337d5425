package io.dso.agent.decide;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.BundleVersion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

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

    /** True for an operator's mark against a version that isn't the stores' any more. */
    public static boolean outlived(BadMark mark, BundleVersion latest) {
        return mark.isEverywhere() && !mark.bad().sameContent(latest);
    }
}
