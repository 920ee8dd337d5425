package io.dso.agent.reconcile;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.Bundle.OnUnavailable;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.VolumeDefinition;
import io.dso.agent.bundle.Workload;
import io.dso.agent.decide.Plan;
import io.dso.agent.engine.Engine;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Serves the engine's Mount call: when it returns, the files are there, and only then does the container's first
 * instruction run (DESIGN F3). Fails closed: a mount that can't be served as it should is refused with the reason.
 *
 * <ol>
 *   <li>find the containers that use the volume, and which of them is being started
 *   <li>check that each one which isn't running yet may have the bundle
 *   <li>decide which version this container gets, asking the store unless a rotation has decided it
 *   <li>fetch, render, write; or copy from the RAM of another mount
 *   <li>put it into the journal
 * </ol>
 */
public final class FirstDelivery {
    private final Supplier<Map<String, Bundle>> bundles;
    private final Claimants claimants;
    private final StoreWatch stores;
    private final Delivery delivery;
    private final VolumeRoot root;
    private final Journal journal;
    private final Section<Rotation> underWay;
    private final Runnable used;

    /**
     * Delivers nothing by itself.
     *
     * @param used called when other secrets than before may be in use
     */
    public FirstDelivery(
            Supplier<Map<String, Bundle>> bundles,
            Engine engine,
            StoreWatch stores,
            Delivery delivery,
            VolumeRoot root,
            Journal journal,
            Section<Rotation> underWay,
            Runnable used) {
        this.bundles = bundles;
        this.claimants = new Claimants(engine);
        this.stores = stores;
        this.delivery = delivery;
        this.root = root;
        this.journal = journal;
        this.underWay = underWay;
        this.used = used;
    }

    /** What a Mount call was answered with. */
    public sealed interface Served {
        /** Where the files are. */
        Path directory();

        /**
         * A container gets its secrets.
         *
         * @param containers names of those that it may be for
         */
        record Delivered(Path directory, Mounted mount, List<String> containers) implements Served {}

        /** No container uses the volume: the engine looks at it for a container that it is only creating. No secret. */
        record Unclaimed(Path directory) implements Served {}
    }

    /**
     * Serves a mount.
     *
     * @param mountId the engine's ID of it
     * @throws DsoException with the reason for the person who started the container
     */
    public Served mount(VolumeDefinition volume, String mountId, Deadline deadline) {
        var claimed = claimants.of(volume, deadline); // 1
        var again = again(volume, mountId, claimed.orElse(List.of()));
        if (again.isPresent()) {
            return again.get();
        }
        var bundle = bundles.get().get(volume.bundle());
        if (bundle == null) {
            throw new DsoException(new Problem(
                    ProblemId.BUNDLE_UNKNOWN,
                    "bundle %s of volume %s is not in the configuration".formatted(volume.bundle(), volume.name()),
                    "volume " + volume.name(),
                    "add it under bundles, or remove the volume"));
        }
        if (claimed.isPresent() && claimed.get().isEmpty()) {
            return unclaimed(volume, mountId);
        }
        var candidates = claimed.orElse(List.of());
        candidates.forEach(workload -> claimants.check(bundle, workload, deadline)); // 2
        var mount = deliver(volume, mountId, bundle, candidates, deadline);
        used.run();
        return new Served.Delivered(
                root.directory(volume.name(), mountId),
                mount,
                candidates.stream().map(Workload::name).toList());
    }

    /**
     * The engine asks for a mount that it has: a {@code docker cp} of the running container, or the call of before whose
     * answer it missed. It is the container's: nothing is written, and it is never refused, since the engine gives back
     * also what it was refused. Not so if that container isn't running: then it is being started, with the ID of a mount
     * that the engine couldn't give back because we were away.
     */
    private Optional<Served> again(VolumeDefinition volume, String mountId, List<Workload> candidates) {
        var left = journal.mounts().get(mountId).filter(Mounted::live);
        if (left.isPresent() && !runs(left.get(), candidates)) {
            return Optional.empty();
        }
        return journal.mounts()
                .update(mountId, mount -> mount.live() ? mount.held() : mount)
                .filter(Mounted::live)
                .map(mount ->
                        new Served.Delivered(root.directory(volume.name(), mountId), mount, List.of(mount.name())));
    }

    /** True if the container runs that has a mount; where it isn't known yet whose it is, the kernel knows. */
    private boolean runs(Mounted mount, List<Workload> candidates) {
        try {
            return mount.container().isEmpty()
                    ? root.held(mount.id())
                    : candidates.stream().noneMatch(workload -> workload.id().equals(mount.container()));
        } catch (IOException e) {
            return true; // nothing is taken from a container that may run
        }
    }

    private Mounted deliver(
            VolumeDefinition volume, String mountId, Bundle bundle, List<Workload> candidates, Deadline deadline) {
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
                var version = wanted(bundle, journal.advance(bundle, secrets), starting);
                yield filled(made.apply(version), bundle, mount -> fromStoreOrRam(mount, bundle, deadline));
            }
            case Refused<Map<SecretRef, VersionId>>(var refusal) -> {
                var version = lastGood(bundle, starting, refusal);
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
    private Optional<BundleVersion> due(Bundle bundle, Workload container) {
        return underWay.get(container.id())
                .filter(rotation -> rotation.job().bundle().equals(bundle.name()))
                .flatMap(Rotation::due);
    }

    /** The container that is being started, where that is clear: the only candidate, or the one that we restart. */
    private Optional<Workload> starting(List<Workload> candidates) {
        return candidates.stream()
                .filter(workload ->
                        candidates.size() == 1 || underWay.get(workload.id()).isPresent())
                .findFirst();
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

    /** The latest version, unless the container that starts was taken back from it. */
    private BundleVersion wanted(Bundle bundle, BundleVersion latest, Optional<Workload> starting) {
        return starting.map(container -> Plan.wanted(container.id(), latest, journal.badOf(bundle.name())))
                .orElse(latest);
    }

    private BundleVersion lastGood(Bundle bundle, Optional<Workload> starting, Refusal refusal) {
        if (mayBeOld(bundle, refusal)) {
            var shape = BundleVersion.shapeOf(bundle);
            var latest = journal.latest(bundle.name())
                    .filter(version -> version.shape().equals(shape));
            if (latest.isPresent()) {
                return wanted(bundle, latest.get(), starting);
            }
        }
        throw unavailable(bundle, refusal);
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

    /** The engine copies an image's files into a volume that it finds empty: so it isn't. */
    private Served unclaimed(VolumeDefinition volume, String mountId) {
        try {
            var directory = root.create(volume.name(), mountId);
            Files.createFile(directory.resolve("..unclaimed"));
            return new Served.Unclaimed(directory);
        } catch (IOException e) {
            throw notWritten(volume.name(), e);
        }
    }

    /** Ends a mount, if nobody else holds it: the engine gave it back. */
    public void unmount(String volume, String mountId) {
        var left = journal.mounts().update(mountId, Mounted::released);
        if (left.isEmpty()) {
            remove(Mounted.fresh(mountId, volume, "", new BundleVersion(0, "", Map.of())));
        } else if (left.get().holders() > 0) {
            return;
        } else if (underWay.get(left.get().container()).isPresent()) {
            journal.mounts().update(mountId, Mounted::retired); // a rotation may have to go back to it
        } else {
            remove(left.get());
        }
    }

    private void remove(Mounted mount) {
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

    private static DsoException notWritten(String volume, IOException e) {
        return new DsoException(
                new Problem(
                        ProblemId.RUN_DIRECTORY,
                        "files of volume %s can't be written: %s".formatted(volume, e.getMessage()),
                        "volume " + volume,
                        "see whether the RAM for volumes is full"),
                e);
    }
}
