package io.dso.agent.rotate;

import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.ReloadPolicy;
import java.time.Instant;
import java.util.Optional;

/**
 * One container's way from a version to another, one type a state. Doing a state's work again after a kill is harmless.
 *
 * <pre>
 *   Switching → Applying → Telling → Proving → Done
 *       │                     │         │
 *       │                     └────┬────┘
 *       ▼                          ▼
 *   Postponed                  Reverting → Reapplying → RolledBack          (any → Gone)
 * </pre>
 */
public sealed interface Rotation {

    /** What doesn't change on the way. */
    Job job();

    /**
     * What is to be done.
     *
     * @param container its ID
     * @param name its name, for people
     * @param mount as it was before
     * @param to where to
     * @param policy how
     */
    record Job(String container, String name, Mounted mount, BundleVersion to, ReloadPolicy policy) {
        public BundleVersion from() {
            return mount.version();
        }

        public String bundle() {
            return mount.bundle();
        }
    }

    /** Files are being written and switched. */
    record Switching(Job job) implements Rotation {}

    /**
     * Files are switched; the application is to be told, if nobody stopped it since.
     *
     * @param startedAt the run of the container that is to be told
     */
    record Applying(Job job, String startedAt) implements Rotation {}

    /**
     * The application is being told: if the container ends from here on it is our doing, before it was somebody else's.
     *
     * @param startedAt the run of the container that is told
     */
    record Telling(Job job, String startedAt) implements Rotation {}

    /**
     * The application was told, and has to stand it.
     *
     * @param startedAt the run that has to go on
     * @param since when: if somebody stopped it later, that was not for the change
     */
    record Proving(Job job, String startedAt, Instant since) implements Rotation {}

    /** It doesn't: files are being switched back. */
    record Reverting(Job job, String why) implements Rotation {}

    /** Files are switched back; the application is being told. */
    record Reapplying(Job job, String why) implements Rotation {}

    /** The version that a start of the container gets meanwhile; empty while the rotation hasn't touched anything. */
    default Optional<BundleVersion> due() {
        return switch (this) {
            case Switching _, Postponed _, Gone _ -> Optional.empty();
            case Applying _, Telling _, Proving _, Done _ -> Optional.of(job().to());
            case Reverting _, Reapplying _, RolledBack _ -> Optional.of(job().from());
        };
    }

    /** What a rotation ends with. */
    sealed interface End extends Rotation {}

    record Done(Job job) implements End {}

    record RolledBack(Job job, String why) implements End {}

    /** The new version couldn't be had; nothing was changed. It is tried again. */
    record Postponed(Job job, String why) implements End {}

    /** The container stopped or was removed meanwhile: its next start gets the right version anyway. */
    record Gone(Job job) implements End {}
}
