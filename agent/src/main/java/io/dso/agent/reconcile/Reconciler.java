package io.dso.agent.reconcile;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.bundle.Workload;
import io.dso.agent.decide.Desired;
import io.dso.agent.decide.Joint;
import io.dso.agent.decide.Marks;
import io.dso.agent.decide.Plan;
import io.dso.agent.decide.Turns;
import io.dso.agent.inject.Delivery;
import io.dso.agent.inject.VolumeRoot;
import io.dso.agent.record.Events;
import io.dso.agent.record.Journal;
import io.dso.agent.record.Metrics;
import io.dso.agent.record.Section;
import io.dso.agent.rotate.Rolling;
import io.dso.agent.rotate.Rotation;
import io.dso.agent.rotate.Rotation.End;
import io.dso.agent.rotate.Rotator;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.VersionId;
import io.dso.agent.watch.VersionBoard;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Brings running containers to the versions they should have. Level-triggered: a hint only says when to compare again, so
 * a lost one is healed by the next full pass, and a pass that finds nothing changed does nothing.
 *
 * <p>A bundle is compared by one thread at a time; each rotation then goes its own way, one a container at a time.
 */
public final class Reconciler implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Reconciler.class);

    private final Supplier<Map<String, Bundle>> bundles;
    private final VersionBoard board;
    private final Journal journal;
    private final Rotations rotations;
    private final Delivery delivery;
    private final Courses courses;
    private final Events events;
    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("reconcile-", 0).factory());

    /** One bundle's turn: {@code waiting} is set while a comparison is due and not yet begun. */
    private record Lane(AtomicBoolean waiting) {}

    public Reconciler(
            Supplier<Map<String, Bundle>> bundles,
            VersionBoard board,
            Journal journal,
            Section<Rotation> underWay,
            Rotator rotator,
            Delivery delivery,
            VolumeRoot root,
            Courses courses,
            Events events,
            Metrics metrics) {
        this.bundles = bundles;
        this.board = board;
        this.journal = journal;
        this.rotations = new Rotations(journal, underWay, rotator, root, events, metrics, this::hint);
        this.delivery = delivery;
        this.courses = courses;
        this.events = events;
    }

    /** Names of configured bundles that some mount has now. */
    public Set<String> inUse() {
        var configured = bundles.get();
        return journal.mounts().all().stream()
                .map(Mounted::bundle)
                .filter(configured::containsKey)
                .collect(Collectors.toSet());
    }

    /** The secrets behind {@link #inUse()}. */
    public Set<SecretRef> refsInUse() {
        var configured = bundles.get();
        return inUse().stream()
                .map(configured::get)
                .flatMap(bundle -> bundle.refs().stream())
                .collect(Collectors.toSet());
    }

    /** The versions of some secrets may be other ones. Returns at once. */
    public void changed(Set<SecretRef> refs) {
        bundles.get().forEach((name, bundle) -> {
            if (bundle.refs().stream().anyMatch(refs::contains)) {
                hint(name);
            }
        });
    }

    /** A bundle may need something. Returns at once; hints that come before the comparison begins count as one. */
    public void hint(String bundle) {
        var lane = lane(bundle);
        if (lane.waiting().compareAndSet(false, true)) {
            try {
                threads.execute(() -> {
                    lane.waiting().set(false);
                    try {
                        pass(bundle);
                    } catch (RuntimeException e) {
                        LOG.errorf(e, "comparing failed bundle=%s", bundle);
                    }
                });
            } catch (RejectedExecutionException e) {
                LOG.debugf("no comparison any more bundle=%s", bundle); // closed
            }
        }
    }

    private Lane lane(String bundle) {
        return lanes.computeIfAbsent(bundle, _ -> new Lane(new AtomicBoolean()));
    }

    /**
     * Compares one bundle with what its containers have, and begins the rotations that are due.
     *
     * @return those and the ones of this bundle that were under way already
     */
    public List<Future<End>> pass(String name) {
        synchronized (lane(name)) {
            var bundle = bundles.get().get(name);
            if (bundle == null || journal.mountsOf(name).isEmpty()) {
                return List.of();
            }
            return switch (board.versions(bundle)) {
                case Answer.Refused<Map<SecretRef, VersionId>> _ -> List.of();
                case Answer.Got<Map<SecretRef, VersionId>>(var secrets) -> compare(bundle, secrets);
            };
        }
    }

    private List<Future<End>> compare(Bundle bundle, Map<SecretRef, VersionId> secrets) {
        var latest = advance(bundle, secrets);
        forgetOutlived(bundle.name(), latest);
        var wanted = Plan.ordered(latest, journal.badOf(bundle.name()));
        var begun = rotations.begin(
                bundle.name(),
                busy -> {
                    var mounts = journal.mountsOf(bundle.name());
                    var bad = journal.badOf(bundle.name());
                    // One that stays as it is would take the turn of others, and never be done with it.
                    var due = Plan.of(latest, mounts, bad, busy).rotations().stream()
                            .filter(rotate -> courses.policy(bundle, rotate).isPresent())
                            .toList();
                    return Turns.of(
                            due, wanted, mounts, bad, busy, bundle.reload().batch());
                },
                rotate -> courses.policy(bundle, rotate).map(policy -> job(rotate, policy)));
        courses.settle(bundle.name(), wanted, begun.idle());
        return begun.ends();
    }

    private BundleVersion advance(Bundle bundle, Map<SecretRef, VersionId> secrets) {
        var before = journal.latest(bundle.name());
        var latest = journal.advance(bundle, secrets);
        if (before.filter(latest::sameContent).isEmpty()) {
            events.tell("changed", "bundle", bundle.name(), "to", latest.toString());
        }
        return latest;
    }

    /** One rotation of a container covers all of its bundles that changed. */
    private Rotation.Job job(Plan.Rotate rotate, ReloadPolicy policy) {
        var mount = rotate.mount();
        var mounts = journal.mounts().all();
        var joint = Joint.of(
                rotate, policy, beside(mount, mounts), mounts, journal.bad().all());
        return new Rotation.Job(
                mount.container(),
                mount.name(),
                joint.steps().stream()
                        .map(step -> new Rotation.Change(step.mount(), step.to()))
                        .toList(),
                joint.policy());
    }

    /** What is wanted of the other bundles in a container, as far as it is known. */
    private Map<String, Desired> beside(Mounted cause, Collection<Mounted> mounts) {
        var configured = bundles.get();
        Map<String, Desired> beside = new HashMap<>();
        mounts.stream()
                .filter(mount -> mount.container().equals(cause.container())
                        && !mount.bundle().equals(cause.bundle()))
                .map(Mounted::bundle)
                .distinct()
                .flatMap(name -> Stream.ofNullable(configured.get(name)))
                .forEach(other -> {
                    if (board.versions(other) instanceof Answer.Got<Map<SecretRef, VersionId>>(var versions)) {
                        var latest = advance(other, versions);
                        courses.policy(other, new Plan.Rotate(cause, latest))
                                .ifPresent(policy -> beside.put(other.name(), new Desired(latest, policy)));
                    }
                });
        return beside;
    }

    /**
     * Removes marks of containers that have got past the bad version, at a start, and so have neither it nor the old one;
     * and an operator's when the stores have another version.
     */
    private void forgetOutlived(String bundle, BundleVersion latest) {
        for (var mark : journal.badOf(bundle)) {
            boolean outlived = mark.isEverywhere()
                    ? Marks.outlived(mark, latest)
                    : journal.mountsOf(bundle).stream()
                            .filter(mount -> mount.live() && mount.container().equals(mark.container()))
                            .map(Mounted::version)
                            .anyMatch(version -> !version.sameContent(mark.bad()) && !version.sameContent(mark.good()));
            if (outlived) {
                journal.bad().remove(mark.key());
            }
        }
    }

    /** Containers that no other rotation may touch. */
    Set<String> busy() {
        return rotations.busy();
    }

    /** Goes on with what a killed agent had begun. To be called once, before the first pass. */
    public void resume() {
        rotations.resume(bundles.get().keySet());
    }

    /**
     * Ends replacements that nobody remembers: the journal is on RAM, and the host was restarted amid one. The one that has the
     * name stays; if none has it, the first one.
     *
     * @param containers all there are
     */
    public void leftOver(Collection<Workload> containers) {
        var byId = containers.stream().collect(Collectors.toMap(Workload::id, container -> container));
        for (var second : containers) {
            var first = byId.get(second.labels().getOrDefault(Rolling.REPLACES, ""));
            if (first != null) {
                rotations.leftOver(first, second, journal.mounts().all());
            }
        }
    }

    /** Removes old versions that nothing can go back to any more. Part of each full pass. */
    public void prune() {
        rotations.meanwhile(busy -> journal.mounts().all().stream() // none begins to write
                .filter(mount -> mount.live() && !busy.contains(mount.container()))
                .forEach(this::prune));
    }

    private void prune(Mounted mount) {
        try {
            delivery.prune(mount);
        } catch (NoSuchFileException e) {
            LOG.debugf("a mount ended meanwhile volume=%s", mount.volume());
        } catch (IOException e) {
            LOG.errorf("old versions stay volume=%s why='%s'", mount.volume(), e.getMessage());
        }
    }

    /** Tells how each rotation ends from now on, until the result is closed. */
    Events.Listening listen(Consumer<End> listener) {
        return rotations.listen(listener);
    }

    /** Rotations under way, by container. */
    public Collection<Rotation> rotations() {
        return rotations.all();
    }

    /** Stops where it is; what is under way goes on at the next start. */
    @Override
    public void close() {
        threads.shutdownNow();
        rotations.close();
    }
}
