package io.dso.agent.reconcile;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.Bundle.OnUnavailable;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.VolumeDefinition;
import io.dso.agent.bundle.Workload;
import io.dso.agent.decide.Grants;
import io.dso.agent.decide.Plan;
import io.dso.agent.decide.Verdict;
import io.dso.agent.engine.Engine;
import io.dso.agent.engine.EngineException;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Serves the engine's Mount call: when it returns, the files are there, and only then does the container's first
 * instruction run (DESIGN F3). Fails closed: a mount that can't be served as it should is refused with the reason.
 *
 * <ol>
 *   <li>find the containers that use the volume, and which of them is being started
 *   <li>check that each one which isn't running yet may have the bundle
 *   <li>ask for the versions, decide which one this container gets
 *   <li>fetch, render, write
 *   <li>put it into the journal
 * </ol>
 */
public final class FirstDelivery {
    /** Leaves most of a mount's deadline to the store when the engine doesn't answer because it waits for us. */
    private static final Duration ENGINE = Duration.ofSeconds(2);

    private final Supplier<Map<String, Bundle>> bundles;
    private final Engine engine;
    private final StoreWatch stores;
    private final Delivery delivery;
    private final VolumeRoot root;
    private final Journal journal;
    private final Section<Rotation> underWay;
    private final Runnable used;
    private final Map<String, Map<String, String>> imageLabels = new ConcurrentHashMap<>();

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
        this.engine = engine;
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
        var bundle = bundles.get().get(volume.bundle());
        if (bundle == null) {
            throw new DsoException(new Problem(
                    ProblemId.BUNDLE_UNKNOWN,
                    "bundle %s of volume %s is not in the configuration".formatted(volume.bundle(), volume.name()),
                    "volume " + volume.name(),
                    "add it under bundles, or remove the volume"));
        }
        var starting = starting(volume, deadline); // 1
        if (starting.isPresent() && starting.get().isEmpty()) {
            return unclaimed(volume, mountId);
        }
        var candidates = starting.orElse(List.of());
        candidates.forEach(workload -> checkGrant(bundle, workload, deadline)); // 2
        var mount = deliver(volume, mountId, bundle, candidates, deadline);
        journal.mounts().put(mount); // 5
        used.run();
        return new Served.Delivered(
                root.directory(volume.name(), mountId),
                mount,
                candidates.stream().map(Workload::name).toList());
    }

    /**
     * The containers that may be the one being started: those which use the volume and don't run. Empty if the engine
     * doesn't answer and the volume was granted before.
     */
    private Optional<List<Workload>> starting(VolumeDefinition volume, Deadline deadline) {
        try {
            var using = engine.containersUsing(volume.name(), deadline.atMost(ENGINE));
            var stopped = using.stream().filter(workload -> !workload.running()).toList();
            return Optional.of(!using.isEmpty() && stopped.isEmpty() ? List.of() : stopped);
        } catch (EngineException e) {
            if (volume.granted()) {
                return Optional.empty();
            }
            throw new DsoException(
                    new Problem(
                            ProblemId.ENGINE_UNAVAILABLE,
                            "who mounts volume %s can't be checked: %s".formatted(volume.name(), e.getMessage()),
                            "volume " + volume.name(),
                            "start the container again when the agent reaches the engine"),
                    e);
        }
    }

    private void checkGrant(Bundle bundle, Workload workload, Deadline deadline) {
        var labels =
                Grants.needsImageLabels(bundle.allow()) ? imageLabels(workload, deadline) : Map.<String, String>of();
        switch (Grants.check(bundle, workload, labels)) {
            case Verdict.Granted() -> {}
            case Verdict.Denied(var why, var fix) ->
                throw new DsoException(new Problem(
                        ProblemId.NOT_GRANTED,
                        "container %s may not mount bundle %s: %s".formatted(workload.name(), bundle.name(), why),
                        "bundles." + bundle.name() + ".allow",
                        fix));
        }
    }

    /** An image never changes under its ID. */
    private Map<String, String> imageLabels(Workload workload, Deadline deadline) {
        var known = imageLabels.get(workload.imageId());
        if (known != null) {
            return known;
        }
        try {
            var labels = engine.imageLabels(workload.imageId(), deadline.atMost(ENGINE));
            imageLabels.put(workload.imageId(), labels);
            return labels;
        } catch (EngineException e) {
            throw new DsoException(
                    new Problem(
                            ProblemId.ENGINE_UNAVAILABLE,
                            "the image of container %s can't be checked: %s".formatted(workload.name(), e.getMessage()),
                            "container " + workload.name(),
                            "start it again when the agent reaches the engine"),
                    e);
        }
    }

    private Mounted deliver(
            VolumeDefinition volume, String mountId, Bundle bundle, List<Workload> candidates, Deadline deadline) {
        var versions = versions(bundle, deadline); // 3
        var version = switch (versions) {
            case Got<Map<SecretRef, VersionId>>(var secrets) -> wanted(bundle, secrets, candidates);
            case Refused<Map<SecretRef, VersionId>>(var refusal) -> lastGood(bundle, refusal);
        };
        var mount = new Mounted(mountId, volume.name(), bundle.name(), version, "", "", Mounted.Phase.LIVE);
        try {
            root.create(volume.name(), mountId);
        } catch (IOException e) {
            throw notWritten(volume, e);
        }
        var outcome = versions instanceof Got<Map<SecretRef, VersionId>>
                ? delivery.publish(mount, bundle, version, deadline) // 4
                : Answer.<BundleVersion>refused(((Refused<Map<SecretRef, VersionId>>) versions).refusal());
        if (outcome instanceof Refused<BundleVersion>(var refusal)) {
            outcome = fromRam(mount, bundle, version, refusal);
        }
        return switch (outcome) {
            case Got<BundleVersion> _ -> mount;
            case Refused<BundleVersion>(var refusal) -> {
                remove(mount);
                throw unavailable(bundle, refusal);
            }
        };
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
    private BundleVersion wanted(Bundle bundle, Map<SecretRef, VersionId> secrets, List<Workload> candidates) {
        var latest = journal.advance(bundle, secrets);
        return candidates.stream()
                .filter(workload ->
                        candidates.size() == 1 || underWay.get(workload.id()).isPresent()) // we are restarting that one
                .findFirst()
                .map(workload -> Plan.wanted(workload.id(), latest, journal.badOf(bundle.name())))
                .orElse(latest);
    }

    private BundleVersion lastGood(Bundle bundle, Refusal refusal) {
        if (bundle.onUnavailable() == OnUnavailable.LAST_GOOD && passes(refusal)) {
            var shape = BundleVersion.shapeOf(bundle);
            var latest = journal.latest(bundle.name())
                    .filter(version -> version.shape().equals(shape));
            if (latest.isPresent()) {
                return latest.get();
            }
        }
        throw unavailable(bundle, refusal);
    }

    /**
     * A version which the store can't or doesn't give any more, from another mount's RAM: the one a container is taken
     * back to, or the last good one where the user asked for that.
     */
    private Answer<BundleVersion> fromRam(Mounted mount, Bundle bundle, BundleVersion version, Refusal refusal) {
        boolean takenBack = journal.badOf(bundle.name()).stream()
                .anyMatch(mark -> mark.good().number() == version.number());
        if (!takenBack && !(bundle.onUnavailable() == OnUnavailable.LAST_GOOD && passes(refusal))) {
            return Answer.refused(refusal);
        }
        return delivery.holding(version, journal.mountsOf(bundle.name()))
                .map(holder -> delivery.copy(holder, mount, bundle, version))
                .orElse(Answer.refused(refusal));
    }

    /** True for failures that are the way's and not the secret's: a denied or deleted secret is not served from RAM. */
    private static boolean passes(Refusal refusal) {
        return refusal.kind() == Refusal.Kind.UNAVAILABLE || refusal.kind() == Refusal.Kind.THROTTLED;
    }

    /** The engine copies an image's files into a volume that it finds empty: so it isn't. */
    private Served unclaimed(VolumeDefinition volume, String mountId) {
        try {
            var directory = root.create(volume.name(), mountId);
            Files.createFile(directory.resolve("..unclaimed"));
            return new Served.Unclaimed(directory);
        } catch (IOException e) {
            throw notWritten(volume, e);
        }
    }

    /** Ends a mount: the engine gave it back. */
    public void unmount(String volume, String mountId) {
        var mount = journal.mounts().get(mountId);
        if (mount.isPresent() && underWay.get(mount.get().container()).isPresent()) {
            journal.mounts().put(mount.get().retired()); // a rotation may have to go back to it
            return;
        }
        remove(mount.orElse(
                new Mounted(mountId, volume, "", new BundleVersion(0, "", Map.of()), "", "", Mounted.Phase.LIVE)));
    }

    private void remove(Mounted mount) {
        try {
            root.remove(mount.volume(), mount.id());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
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

    private static DsoException notWritten(VolumeDefinition volume, IOException e) {
        return new DsoException(
                new Problem(
                        ProblemId.RUN_DIRECTORY,
                        "files of volume %s can't be written: %s".formatted(volume.name(), e.getMessage()),
                        "volume " + volume.name(),
                        "see whether the RAM for volumes is full"),
                e);
    }
}
