package io.dso.agent.rotate;

import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.ReloadPolicy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One container's way to other versions of its bundles, one type a state. Doing a state's work again after a kill is harmless.
 *
 * <pre>
 *   Choosing → Rolling, or in place:
 *
 *   Switching → Applying → Telling → Proving → Done
 *       │                     │         │
 *       │                     └────┬────┘
 *       ▼                          ▼
 *   Postponed                  Reverting → Reapplying → RolledBack, Postponed   (any → Gone)
 * </pre>
 */
public sealed interface Rotation permits Rotation.Choosing, Rotation.InPlace, Rotation.End, Rolling {

    /** What doesn't change on the way. */
    Job job();

    /**
     * What is to be done.
     *
     * @param container its ID
     * @param name its name, for people
     * @param changes one for each of its mounts, also where nothing changes; all take effect together
     * @param policy how
     */
    record Job(String container, String name, List<Change> changes, ReloadPolicy policy) {
        public Job {
            changes = List.copyOf(changes);
            if (changes.isEmpty()) {
                throw new IllegalArgumentException("nothing changes in " + name);
            }
        }

        /** The first of its bundles, for where one has to stand for all. */
        public String bundle() {
            return first().bundle();
        }

        /** Those to another version. */
        public List<Change> real() {
            return changes.stream()
                    .filter(change -> !change.from().sameContent(change.to()))
                    .toList();
        }

        /** What the first of its bundles had. */
        public BundleVersion from() {
            return first().from();
        }

        /** What the first of its bundles gets. */
        public BundleVersion to() {
            return first().to();
        }

        private Change first() {
            return (real().isEmpty() ? changes : real()).getFirst();
        }

        public boolean touches(String bundle) {
            return real().stream().anyMatch(change -> change.bundle().equals(bundle));
        }

        /** The same in another way. */
        public Job by(ReloadPolicy.Strategy strategy) {
            return new Job(container, name, changes, policy.by(strategy));
        }
    }

    /**
     * Another version of one bundle.
     *
     * @param mount as it was before
     * @param to where to
     */
    record Change(Mounted mount, BundleVersion to) {
        public BundleVersion from() {
            return mount.version();
        }

        public String bundle() {
            return mount.bundle();
        }
    }

    /** In place or with a second container: that is being found out. */
    record Choosing(Job job) implements Rotation {}

    /** The files of a running container switch, and its application is told. */
    sealed interface InPlace extends Rotation {}

    /** Files are being written and switched. */
    record Switching(Job job) implements InPlace {}

    /**
     * Files are switched; the application is to be told, if nobody stopped it since.
     *
     * @param startedAt the run of the container that is to be told
     */
    record Applying(Job job, String startedAt) implements InPlace {}

    /**
     * The application is being told: if the container ends from here on it is our doing, before it was somebody else's.
     *
     * @param startedAt the run of the container that is told
     */
    record Telling(Job job, String startedAt) implements InPlace {}

    /**
     * The application was told, and has to stand it.
     *
     * @param startedAt the run that has to go on
     * @param since when: if somebody stopped it later, that was not for the change
     */
    record Proving(Job job, String startedAt, Instant since) implements InPlace {}

    /** It doesn't, or the engine doesn't do what it has to: files are being switched back. */
    record Reverting(Job job, Reason reason) implements InPlace {}

    /** Files are switched back; the application is being told. */
    record Reapplying(Job job, Reason reason) implements InPlace {}

    /** What a rotation ends with. */
    sealed interface End extends Rotation {}

    record Done(Job job) implements End {}

    record RolledBack(Job job, String why) implements End {}

    /** The new version couldn't be had or tried; the old one is there as before. It is tried again. */
    record Postponed(Job job, String why) implements End {}

    /** The container stopped or was removed meanwhile: its next start gets the right version anyway. */
    record Gone(Job job) implements End {}

    /** Whether a container is the rotation's: the one that it is about, or the one that is to take its place. */
    default boolean concerns(String container) {
        return job().container().equals(container)
                || this instanceof Rolling.Paired paired
                        && paired.twin().container().equals(container);
    }

    /** The version that a start of a container gets meanwhile; empty while the rotation hasn't touched anything. */
    default Optional<BundleVersion> due(String container, String bundle) {
        return job().changes().stream()
                .filter(change -> change.bundle().equals(bundle) && concerns(container))
                .findFirst()
                .flatMap(change -> due(container, change));
    }

    private Optional<BundleVersion> due(String container, Change change) {
        return switch (this) {
            case Choosing _, Switching _, Postponed _, Gone _ -> Optional.empty();
            case Applying _, Telling _, Proving _, Done _ -> Optional.of(change.to());
            case Reverting _, Reapplying _, RolledBack _ -> Optional.of(change.from());
            case Rolling _ -> Optional.of(job().container().equals(container) ? change.from() : change.to());
        };
    }
}
