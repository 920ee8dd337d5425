package io.dso.agent.reconcile;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.VolumeDefinition;
import io.dso.agent.bundle.Workload;
import io.dso.agent.engine.Engine;
import io.dso.agent.inject.Delivery;
import io.dso.agent.inject.VolumeRoot;
import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.Problem;
import io.dso.agent.problem.ProblemId;
import io.dso.agent.record.Journal;
import io.dso.agent.record.Section;
import io.dso.agent.rotate.Rolling;
import io.dso.agent.rotate.Rotation;
import io.dso.agent.time.Deadline;
import io.dso.agent.watch.StoreWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Serves the engine's Mount call: when it returns, the files are there, and only then does the container's first
 * instruction run (docs/engine.md F3). Fails closed: a mount that can't be served as it should is refused with the reason.
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
    private final Wishing wishing;
    private final Courses courses;
    private final Filling filling;
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
            ImageLabels images,
            Wishing wishing,
            Courses courses,
            StoreWatch stores,
            Delivery delivery,
            VolumeRoot root,
            Journal journal,
            Section<Rotation> underWay,
            Runnable used) {
        this.bundles = bundles;
        this.claimants = new Claimants(engine, images);
        this.wishing = wishing;
        this.courses = courses;
        this.filling = new Filling(stores, delivery, root, journal, underWay);
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
        candidates.forEach(workload -> claimants.check(bundle, knownAs(workload), deadline)); // 2
        wishing.note(candidates).forEach(workload -> courses.tellMistakes(bundle, workload));
        var starting = claimed.map(FirstDelivery::ids).orElseGet(() -> atRisk(volume));
        var mount = filling.fill(volume, mountId, bundle, starting, deadline);
        used.run();
        return new Served.Delivered(
                root.directory(volume.name(), mountId),
                mount,
                candidates.stream().map(Workload::name).toList());
    }

    private static List<String> ids(List<Workload> workloads) {
        return workloads.stream().map(Workload::id).toList();
    }

    /**
     * Those for whom the latest version may be the wrong one, and one of whom may be starting where the engine doesn't say who is: what a
     * rotation restarts in place, and what was taken back. Any other that gets their version is brought to its own later.
     */
    private List<String> atRisk(VolumeDefinition volume) {
        var rotated = underWay.all().stream()
                .filter(rotation -> rotation instanceof Rotation.InPlace
                        && rotation.job().changes().stream()
                                .anyMatch(change -> change.mount().volume().equals(volume.name())))
                .map(rotation -> rotation.job().container());
        var takenBack = journal.badOf(volume.bundle()).stream()
                .filter(mark -> !mark.isEverywhere())
                .map(BadMark::container);
        return Stream.concat(rotated, takenBack).distinct().toList();
    }

    /** A container that we made ourselves is who it takes the place of: that it has another name yet is our doing. */
    private Workload knownAs(Workload workload) {
        return underWay.all().stream()
                .filter(rotation -> rotation instanceof Rolling.Paired paired
                        && paired.twin().container().equals(workload.id()))
                .map(rotation -> ((Rolling.Paired) rotation).twin().name())
                .findFirst()
                .map(workload::named)
                .orElse(workload);
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

    /** The engine copies an image's files into a volume that it finds empty: so it isn't. */
    private Served unclaimed(VolumeDefinition volume, String mountId) {
        try {
            var directory = root.create(volume.name(), mountId);
            Files.createFile(directory.resolve("..unclaimed"));
            return new Served.Unclaimed(directory);
        } catch (IOException e) {
            throw Filling.notWritten(volume.name(), e);
        }
    }

    /** Ends a mount, if nobody else holds it: the engine gave it back. */
    public void unmount(String volume, String mountId) {
        var left = journal.mounts().update(mountId, Mounted::released);
        if (left.isEmpty()) {
            filling.remove(Mounted.fresh(mountId, volume, "", new BundleVersion(0, "", Map.of())));
        } else if (left.get().holders() > 0) {
            return;
        } else if (underWay.get(left.get().container()).isPresent()) {
            journal.mounts().update(mountId, Mounted::retired); // a rotation may have to go back to it
        } else {
            filling.remove(left.get());
        }
    }
}
