package io.dso.agent.reconcile;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.decide.Marks;
import io.dso.agent.decide.Plan;
import io.dso.agent.inject.Delivery;
import io.dso.agent.inject.VolumeRoot;
import io.dso.agent.record.Events;
import io.dso.agent.record.Journal;
import io.dso.agent.record.Metrics;
import io.dso.agent.record.Metrics.RotationOutcome;
import io.dso.agent.record.Section;
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
    private final Section<Rotation> underWay;
    private final Rotator rotator;
    private final Delivery delivery;
    private final VolumeRoot root;
    private final Courses courses;
    private final Events events;
    private final Metrics metrics;
    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
    /** Rotations under way, by container. Held while some are begun, and while old versions are removed. */
    private final Map<String, Future<End>> walking = new HashMap<>();

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
        this.underWay = underWay;
        this.rotator = rotator;
        this.delivery = delivery;
        this.root = root;
        this.courses = courses;
        this.events = events;
        this.metrics = metrics;
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

    /** Changes what a bundle's comparison rests on, so that each sees all of it or nothing. */
    void between(String bundle, Runnable change) {
        synchronized (lane(bundle)) {
            change.run();
        }
    }

    private List<Future<End>> compare(Bundle bundle, Map<SecretRef, VersionId> secrets) {
        var before = journal.latest(bundle.name());
        var latest = journal.advance(bundle, secrets);
        if (before.filter(latest::sameContent).isEmpty()) {
            events.tell("changed", "bundle", bundle.name(), "to", latest.toString());
        }
        forgetOutlived(bundle.name(), latest);
        synchronized (walking) { // two bundles may be in one container
            var marks = journal.badOf(bundle.name());
            var plan = Plan.of(latest, journal.mountsOf(bundle.name()), marks, busy());
            var due = plan.rotations().stream()
                    .flatMap(rotate -> courses.policy(bundle, rotate).map(policy -> switching(rotate, policy)).stream())
                    .toList();
            due.forEach(rotation -> begin(rotation, bundle));
            var begun = underWay.all().stream()
                    .filter(rotation -> rotation.job().bundle().equals(bundle.name()))
                    .flatMap(rotation ->
                            Stream.ofNullable(walking.get(rotation.job().container())))
                    .toList();
            courses.settle(bundle.name(), Plan.ordered(latest, marks), due.isEmpty() && begun.isEmpty());
            return begun;
        }
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

    private static Rotation switching(Plan.Rotate rotate, ReloadPolicy policy) {
        var mount = rotate.mount();
        return new Rotation.Switching(new Rotation.Job(mount.container(), mount.name(), mount, rotate.to(), policy));
    }

    /** Containers with a rotation under way. */
    Set<String> busy() {
        return underWay.all().stream()
                .map(rotation -> rotation.job().container())
                .collect(Collectors.toSet());
    }

    /** Goes on with what a killed agent had begun. To be called once, before the first pass. */
    public void resume() {
        for (var rotation : underWay.all()) {
            var bundle = bundles.get().get(rotation.job().bundle());
            if (bundle == null) {
                end(new Rotation.Gone(rotation.job()));
            } else {
                LOG.infof(
                        "going on with a rotation container=%s bundle=%s",
                        rotation.job().name(), bundle.name());
                begin(rotation, bundle);
            }
        }
    }

    private void begin(Rotation rotation, Bundle bundle) {
        synchronized (walking) {
            underWay.put(rotation); // before the next comparison looks
            walking.put(rotation.job().container(), threads.submit(() -> walk(rotation, bundle)));
        }
    }

    private End walk(Rotation rotation, Bundle bundle) throws InterruptedException {
        try {
            var end = rotator.walk(rotation, bundle);
            end(end);
            return end;
        } catch (RuntimeException e) {
            LOG.errorf(e, "rotation stays as it is container=%s", rotation.job().name());
            throw e;
        }
    }

    private void end(End end) {
        var job = end.job();
        if (end instanceof Rotation.Done) {
            journal.bad().remove(job.container() + " " + job.bundle());
        }
        synchronized (walking) {
            underWay.remove(job.container());
            walking.remove(job.container());
        }
        release(job.container());
        tell(end);
        if (mayGoOn(end)) {
            hint(job.bundle());
        }
    }

    /** What has not changed would end in the same way at once: that waits for the next hint or full pass. */
    private boolean mayGoOn(End end) {
        return switch (end) {
            case Rotation.Done _, Rotation.RolledBack _ -> true;
            case Rotation.Postponed _ -> false;
            case Rotation.Gone(var job) ->
                journal.mounts().get(job.mount().id()).filter(Mounted::live).isEmpty();
        };
    }

    /** Removes the mounts that were kept for a rotation's sake. */
    private void release(String container) {
        for (var mount : journal.mounts().all()) {
            if (mount.container().equals(container) && !mount.live()) {
                try {
                    root.remove(mount.volume(), mount.id());
                    journal.mounts().remove(mount.id());
                } catch (IOException e) {
                    LOG.errorf("files of an old mount stay volume=%s why=%s", mount.volume(), e.getMessage());
                }
            }
        }
    }

    private void tell(End end) {
        switch (end) {
            case Rotation.Done(var job) -> tell(job, RotationOutcome.DONE, "rotated", "");
            case Rotation.RolledBack(var job, var why) -> tell(job, RotationOutcome.ROLLED_BACK, "rolled-back", why);
            case Rotation.Postponed(var job, var why) ->
                tell(job, RotationOutcome.POSTPONED, "rotation-postponed", why);
            case Rotation.Gone(var job) -> tell(job, RotationOutcome.GONE, "rotation-ended", "");
        }
    }

    private void tell(Rotation.Job job, RotationOutcome outcome, String type, String why) {
        metrics.rotated(job.policy().strategy(), outcome);
        events.tell(
                type,
                "bundle",
                job.bundle(),
                "container",
                job.name(),
                "id",
                job.container(),
                "from",
                job.from().toString(),
                "to",
                job.to().toString(),
                "why",
                why);
    }

    /** Removes old versions that nothing can go back to any more. Part of each full pass. */
    public void prune() {
        synchronized (walking) { // none begins to write meanwhile
            var busy = busy();
            for (var mount : journal.mounts().all()) {
                if (mount.live() && !busy.contains(mount.container())) {
                    prune(mount);
                }
            }
        }
    }

    private void prune(Mounted mount) {
        try {
            delivery.prune(mount);
        } catch (NoSuchFileException e) {
            LOG.debugf("a mount ended meanwhile volume=%s", mount.volume());
        } catch (IOException e) {
            LOG.errorf("old versions stay volume=%s why=%s", mount.volume(), e.getMessage());
        }
    }

    /** Rotations under way, by container. */
    public Collection<Rotation> rotations() {
        return underWay.all();
    }

    /** Stops where it is; what is under way goes on at the next start. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
