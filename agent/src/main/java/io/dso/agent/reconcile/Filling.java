package io.dso.agent.reconcile;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.Bundle.OnUnavailable;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.VolumeDefinition;
import io.dso.agent.decide.Plan;
import io.dso.agent.inject.Delivery;
import io.dso.agent.inject.VolumeRoot;
import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.Problem;
import io.dso.agent.problem.ProblemId;
import io.dso.agent.record.Journal;
import io.dso.agent.record.Section;
import io.dso.agent.rotate.Rotation;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Answer.Got;
import io.dso.agent.secret.Answer.Refused;
import io.dso.agent.secret.Refusal;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.VersionId;
import io.dso.agent.time.Deadline;
import io.dso.agent.watch.StoreWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides which version a starting container gets, and where its bytes come from: the store, or the RAM of another mount.
 *
 * <ul>
 *   <li>a container that a rotation restarts gets what that rotation is about, from RAM if it can: the store may have moved
 *       on, or be away;
 *   <li>any other gets the latest from the store, or what it was taken back to while the latest is marked bad for it;
 *   <li>while the store can't be reached, the last good one from RAM where the user asked for that.
 * </ul>
 */
final class Filling {
    private final StoreWatch stores;
    private final Delivery delivery;
    private final VolumeRoot root;
    private final Journal journal;
    private final Section<Rotation> underWay;

    Filling(StoreWatch stores, Delivery delivery, VolumeRoot root, Journal journal, Section<Rotation> underWay) {
        this.stores = stores;
        this.delivery = delivery;
        this.root = root;
        this.journal = journal;
        this.underWay = underWay;
    }

    /**
     * Makes a mount's directory and fills it.
     *
     * @param candidates IDs of the containers that may be the one being started
     * @throws DsoException with the reason for the person who started the container
     */
    Mounted fill(VolumeDefinition volume, String mountId, Bundle bundle, List<String> candidates, Deadline deadline) {
        Function<BundleVersion, Mounted> made =
                version -> Mounted.fresh(mountId, volume.name(), bundle.name(), version);
        var starting = starting(candidates);
        var due = starting.flatMap(container -> due(bundle, container)); // 3
        if (due.isPresent()) {
            var kept = kept(mountId, due.get());
            return kept.isPresent()
                    ? kept.get()
                    : filled(made.apply(due.get()), bundle, mount -> fromRamOrStore(mount, bundle, deadline));
        }
        return switch (versions(bundle, deadline)) {
            case Got<Map<SecretRef, VersionId>>(var secrets) -> {
                var version = wanted(bundle, journal.advance(bundle, secrets), candidates);
                yield filled(made.apply(version), bundle, mount -> fromStoreOrRam(mount, bundle, deadline));
            }
            case Refused<Map<SecretRef, VersionId>>(var refusal) -> {
                var version = lastGood(bundle, candidates, refusal);
                yield filled(
                        made.apply(version),
                        bundle,
                        mount -> fromRam(mount, bundle) instanceof Got<BundleVersion> got
                                ? got
                                : Answer.refused(refusal));
            }
        };
    }

    /** What a rotation needs the container to have that it is restarting, or that the engine restarts under its eyes. */
    private Optional<BundleVersion> due(Bundle bundle, String container) {
        return underWay.all().stream()
                .flatMap(rotation -> rotation.due(container, bundle.name()).stream())
                .findFirst();
    }

    /** The container that is being started, where that is clear: the only candidate, or the one that we restart. */
    private Optional<String> starting(List<String> candidates) {
        return candidates.stream()
                .filter(container -> candidates.size() == 1 || rotates(container))
                .findFirst();
    }

    private boolean rotates(String container) {
        return underWay.all().stream().anyMatch(rotation -> rotation.concerns(container));
    }

    /** A directory that the engine couldn't give back may hold what a rotation needs, and what it may have to go back to. */
    private Optional<Mounted> kept(String mountId, BundleVersion due) {
        return journal.mounts()
                .get(mountId)
                .filter(mount -> mount.live() && delivery.back(mount, due) instanceof Got<BundleVersion>)
                .flatMap(_ -> journal.mounts().update(mountId, mount -> mount.at(due)));
    }

    private Mounted filled(Mounted mount, Bundle bundle, Function<Mounted, Answer<BundleVersion>> fill) {
        boolean done = false;
        try {
            root.create(mount.volume(), mount.id());
            var outcome = fill.apply(mount); // 4
            if (outcome instanceof Refused<BundleVersion>(var refusal)) {
                throw unavailable(bundle, refusal);
            }
            journal.mounts().put(mount); // 5
            done = true;
            return mount;
        } catch (IOException e) {
            throw notWritten(mount.volume(), e);
        } finally {
            if (!done) {
                remove(mount);
            }
        }
    }

    private Answer<Map<SecretRef, VersionId>> versions(Bundle bundle, Deadline deadline) {
        var answers = stores.look(bundle.refs(), deadline);
        Map<SecretRef, VersionId> versions = new HashMap<>();
        for (var ref : bundle.refs()) {
            switch (Objects.requireNonNull(answers.get(ref))) {
                case Got<VersionId>(var version) -> versions.put(ref, version);
                case Refused<VersionId>(var refusal) -> {
                    return Answer.refused(refusal);
                }
            }
        }
        return Answer.got(versions);
    }

    /** The latest version, unless one of those that may be starting was taken back from it: the others get past it later. */
    private BundleVersion wanted(Bundle bundle, BundleVersion latest, List<String> candidates) {
        var bad = journal.badOf(bundle.name());
        var ordered = Plan.ordered(latest, bad);
        return candidates.stream()
                .map(container -> Plan.wanted(container, latest, bad))
                .filter(version -> !version.sameContent(ordered))
                .findFirst()
                .orElse(ordered);
    }

    private BundleVersion lastGood(Bundle bundle, List<String> candidates, Refusal refusal) {
        if (mayBeOld(bundle, refusal)) {
            var shape = BundleVersion.shapeOf(bundle);
            var latest = journal.latest(bundle.name())
                    .filter(version -> version.shape().equals(shape));
            if (latest.isPresent()) {
                return newestInRam(bundle, wanted(bundle, latest.get(), candidates), candidates);
            }
        }
        throw unavailable(bundle, refusal);
    }

    /** The wanted version may be one that no container was brought to yet. */
    private BundleVersion newestInRam(Bundle bundle, BundleVersion wanted, List<String> candidates) {
        var bad = journal.badOf(bundle.name());
        var inRam = journal.mountsOf(bundle.name()).stream()
                .map(Mounted::version)
                .filter(version -> version.shape().equals(wanted.shape())
                        && candidates.stream()
                                .allMatch(container ->
                                        Plan.markFor(container, version, bad).isEmpty()))
                .toList();
        return inRam.stream().anyMatch(wanted::sameContent)
                ? wanted
                : inRam.stream()
                        .max(Comparator.comparingInt(BundleVersion::number))
                        .orElse(wanted);
    }

    private Answer<BundleVersion> fromRam(Mounted mount, Bundle bundle) {
        return delivery.copy(mount.version(), journal.mountsOf(bundle.name()), mount, bundle);
    }

    private Answer<BundleVersion> fromRamOrStore(Mounted mount, Bundle bundle, Deadline deadline) {
        return fromRam(mount, bundle) instanceof Got<BundleVersion> got
                ? got
                : delivery.publish(mount, bundle, mount.version(), deadline);
    }

    /**
     * A version which the store can't or doesn't give any more comes from another mount's RAM if it is the one a container
     * is taken back to, or where the user asked for the last good one.
     */
    private Answer<BundleVersion> fromStoreOrRam(Mounted mount, Bundle bundle, Deadline deadline) {
        var outcome = delivery.publish(mount, bundle, mount.version(), deadline);
        if (!(outcome instanceof Refused<BundleVersion>(var refusal))) {
            return outcome;
        }
        boolean takenBack = journal.badOf(bundle.name()).stream()
                .anyMatch(mark -> mark.good().equals(mount.version()));
        if ((takenBack || mayBeOld(bundle, refusal)) && fromRam(mount, bundle) instanceof Got<BundleVersion> got) {
            return got;
        }
        return takenBack
                ? Answer.refused(new Refusal(
                        refusal.kind(),
                        "%s, which the container was taken back to, can't be had any more: %s"
                                .formatted(mount.version(), refusal.why())))
                : outcome;
    }

    /** Only for failures that are the way's and not the secret's: a denied or deleted secret is not served from RAM. */
    private static boolean mayBeOld(Bundle bundle, Refusal refusal) {
        return bundle.onUnavailable() == OnUnavailable.LAST_GOOD
                && (refusal.kind() == Refusal.Kind.UNAVAILABLE || refusal.kind() == Refusal.Kind.THROTTLED);
    }

    /** Removes a mount with its files. */
    void remove(Mounted mount) {
        try {
            root.remove(mount.volume(), mount.id());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        journal.mounts().remove(mount.id());
    }

    private static DsoException unavailable(Bundle bundle, Refusal refusal) {
        return new DsoException(
                new Problem(ProblemId.SECRET_UNAVAILABLE, refusal.why(), "bundle " + bundle.name(), fix(refusal)));
    }

    private static String fix(Refusal refusal) {
        return switch (refusal.kind()) {
            case NOT_FOUND -> "create the secret, or correct its path in the bundle";
            case DENIED -> "let the provider's credentials read it";
            case UNAUTHENTICATED -> "renew the provider's credentials";
            case THROTTLED, UNAVAILABLE -> "see 'dso health', then start the container again";
            case INVALID -> "correct the provider's or the bundle's configuration";
        };
    }

    static DsoException notWritten(String volume, IOException e) {
        return new DsoException(
                new Problem(
                        ProblemId.RUN_DIRECTORY,
                        "files of volume %s can't be written: %s".formatted(volume, e.getMessage()),
                        "volume " + volume,
                        "see whether the RAM for volumes is full"),
                e);
    }
}
