package io.dso.agent.decide;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that changes in one container by one rotation: what is due of one bundle, and with it what is due of others, unless
 * they would tell the application in another way.
 *
 * @param steps all of the container's mounts; where nothing changes, to the version that is there
 * @param policy by which it is done
 */
public record Joint(List<Step> steps, ReloadPolicy policy) {

    /** One mount's way. */
    public record Step(Mounted mount, BundleVersion to) {
        public boolean changes() {
            return !mount.version().sameContent(to);
        }
    }

    /**
     * Finds out what goes along.
     *
     * @param cause what is due
     * @param policy of its bundle, for this container
     * @param beside what is wanted of other bundles that may be rotated, as far as that is known
     * @param mounts of all bundles
     * @param bad of all bundles
     */
    public static Joint of(
            Plan.Rotate cause,
            ReloadPolicy policy,
            Map<String, Desired> beside,
            Collection<Mounted> mounts,
            Collection<BadMark> bad) {
        var own = mounts.stream()
                .filter(mount ->
                        mount.live() && mount.container().equals(cause.mount().container()))
                .toList();
        var together = new Together(cause, beside, bad);
        var strongest = own.stream()
                .filter(together::isDue)
                .flatMap(mount -> together.policy(mount).stream())
                .reduce(policy, (a, b) -> rank(b.strategy()) > rank(a.strategy()) ? b : a);
        return new Joint(
                own.stream().map(mount -> together.step(mount, strongest)).toList(), strongest);
    }

    private record Together(Plan.Rotate cause, Map<String, Desired> beside, Collection<BadMark> bad) {

        boolean isCause(Mounted mount) {
            return mount.bundle().equals(cause.mount().bundle());
        }

        Optional<ReloadPolicy> policy(Mounted mount) {
            return isCause(mount)
                    ? Optional.empty()
                    : Optional.ofNullable(beside.get(mount.bundle())).map(Desired::policy);
        }

        /** What the mount would be brought to, if all went. */
        Step wanted(Mounted mount) {
            if (isCause(mount)) {
                return new Step(mount, cause.to());
            }
            var known = beside.get(mount.bundle());
            if (known == null) {
                return new Step(mount, mount.version());
            }
            var marks = bad.stream()
                    .filter(mark -> mark.bundle().equals(mount.bundle()))
                    .toList();
            var to = Plan.wanted(mount.container(), known.latest(), marks);
            boolean held = to.sameContent(Plan.ordered(known.latest(), marks))
                    && Turns.failure(to, marks).isPresent();
            return new Step(mount, held ? mount.version() : to);
        }

        boolean isDue(Mounted mount) {
            return wanted(mount).changes();
        }

        /** What starts the application anew serves all of its bundles; else only what is told in the same way goes along. */
        Step step(Mounted mount, ReloadPolicy chosen) {
            boolean along = isCause(mount)
                    || rank(chosen.strategy()) > 0
                    || policy(mount)
                            .filter(own -> own.strategy() == Strategy.NONE || own.equals(chosen))
                            .isPresent();
            return along ? wanted(mount) : new Step(mount, mount.version());
        }
    }

    private static int rank(Strategy strategy) {
        return switch (strategy) {
            case NONE, SIGNAL, EXEC -> 0;
            case AUTO -> 1;
            case ROLLING -> 2;
            case RESTART -> 3;
        };
    }
}
