package io.dso.agent.reconcile;

import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.bundle.Workload;
import io.dso.agent.decide.Marks;
import io.dso.agent.decide.Plan;
import io.dso.agent.decide.Turns;
import io.dso.agent.inject.VolumeRoot;
import io.dso.agent.record.Events;
import io.dso.agent.record.Journal;
import io.dso.agent.record.Metrics;
import io.dso.agent.record.Metrics.RotationOutcome;
import io.dso.agent.record.Section;
import io.dso.agent.rotate.Reason;
import io.dso.agent.rotate.Rolling;
import io.dso.agent.rotate.Rotation;
import io.dso.agent.rotate.Rotation.End;
import io.dso.agent.rotate.Rotator;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** The rotations under way: begins them, one a container at a time, and tells how they end. */
final class Rotations implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Rotations.class);

    private final Journal journal;
    private final Section<Rotation> underWay;
    private final Rotator rotator;
    private final VolumeRoot root;
    private final Events events;
    private final Metrics metrics;
    private final Consumer<String> hint;
    /** By container. Held while some are begun, and while old versions are removed. */
    private final Map<String, Future<End>> walking = new HashMap<>();

    private final List<Consumer<End>> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("rotate-", 0).factory());

    /**
     * Begins nothing by itself.
     *
     * @param hint is told the bundles that a rotation was about when they may go on
     */
    Rotations(
            Journal journal,
            Section<Rotation> underWay,
            Rotator rotator,
            VolumeRoot root,
            Events events,
            Metrics metrics,
            Consumer<String> hint) {
        this.journal = journal;
        this.underWay = underWay;
        this.rotator = rotator;
        this.root = root;
        this.events = events;
        this.metrics = metrics;
        this.hint = hint;
    }

    /**
     * What goes on about a bundle.
     *
     * @param ends of those under way
     * @param idle nothing is under way, and nothing is left to do
     */
    record Begun(List<Future<End>> ends, boolean idle) {}

    /**
     * Begins what is found due while nothing else is begun.
     *
     * @param due is told the containers that are rotated already
     * @param job makes one of it, if it may be done now
     */
    Begun begin(String bundle, Function<Set<String>, Turns> due, Function<Plan.Rotate, Optional<Rotation.Job>> job) {
        synchronized (walking) { // two bundles may be in one container
            var turns = due.apply(busy());
            turns.now().forEach(rotate -> job.apply(rotate).ifPresent(begun -> begin(Rotator.begin(begun))));
            var ends = of(bundle);
            return new Begun(
                    ends,
                    ends.isEmpty() && turns.now().isEmpty() && turns.later().isEmpty());
        }
    }

    /** Goes on with what a killed agent had begun; what can't be gone on with ends. */
    void resume(Set<String> configured) {
        for (var rotation : underWay.all()) {
            boolean known = rotation.job().changes().stream().allMatch(change -> configured.contains(change.bundle()));
            if (known) {
                LOG.infof(
                        "going on with a rotation container=%s bundle=%s",
                        rotation.job().name(), rotation.job().bundle());
                begin(rotation);
            } else if (rotation instanceof Rolling.Paired paired) {
                begin(new Rolling.Restoring(
                        paired.job(),
                        paired.twin(),
                        new Reason.Untried("its bundle is not in the configuration any more")));
            } else {
                end(new Rotation.Gone(rotation.job()));
            }
        }
    }

    /** Ends a replacement that isn't under way any more, though there are two. */
    void leftOver(Workload first, Workload second, Collection<Mounted> mounts) {
        var changes = mounts.stream()
                .filter(mount -> mount.live()
                        && (mount.container().equals(first.id())
                                || mount.container().equals(second.id())))
                .map(mount -> new Rotation.Change(mount, mount.version()))
                .toList();
        synchronized (walking) {
            if (changes.isEmpty() || busy().contains(first.id()) || busy().contains(second.id())) {
                return; // the one that runs next will be known by its mounts
            }
            var name = second.labels().getOrDefault(Rolling.NAME, first.name());
            LOG.warnf("ending a replacement that was forgotten container=%s", name);
            var job = new Rotation.Job(first.id(), name, changes, ReloadPolicy.LEFT_OVER);
            var twin = new Rolling.Twin(second.id(), name, Instant.now());
            begin(
                    second.name().equals(name)
                            ? new Rolling.Draining(job, twin)
                            : new Rolling.Restoring(job, twin, new Reason.Untried("it was forgotten")));
        }
    }

    private void begin(Rotation rotation) {
        synchronized (walking) {
            underWay.put(rotation); // before the next comparison looks
            walking.put(rotation.job().container(), threads.submit(() -> walk(rotation)));
        }
    }

    private End walk(Rotation rotation) throws InterruptedException {
        try {
            var end = rotator.walk(rotation);
            end(end);
            return end;
        } catch (RuntimeException e) {
            LOG.errorf(e, "rotation stays as it is container=%s", rotation.job().name());
            throw e;
        }
    }

    private void end(End end) {
        var job = end.job();
        listeners.forEach(listener -> listener.accept(end)); // before anybody can see that it isn't under way any more
        if (end instanceof Rotation.Done) {
            job.real()
                    .forEach(change -> journal.bad()
                            .get(job.container() + " " + change.bundle())
                            .filter(mark -> !mark.good().sameContent(change.to())) // else it was on its way back
                            .ifPresent(mark -> journal.bad().remove(mark.key())));
        }
        synchronized (walking) { // two that end at once each have to see the other's mark
            if (end instanceof Rotation.RolledBack(var _, var why)
                    && job.policy().batch().onFailure() == ReloadPolicy.OnFailure.ROLLBACK) {
                takeAllBack(job, why);
            }
            underWay.remove(job.container());
            walking.remove(job.container());
        }
        release(job.container());
        tell(end);
        if (mayGoOn(end)) {
            job.real().stream().map(Rotation.Change::bundle).distinct().forEach(hint);
        }
    }

    private void takeAllBack(Rotation.Job job, String why) {
        for (var change : job.real()) {
            Marks.takingBack(change.bundle(), change.to(), change.from(), journal.badOf(change.bundle()), why)
                    .ifPresent(journal.bad()::put);
        }
    }

    /** What has not changed would end in the same way at once: that waits for the next hint or full pass. */
    private boolean mayGoOn(End end) {
        return switch (end) {
            case Rotation.Done _, Rotation.RolledBack _ -> true;
            case Rotation.Postponed _ -> false;
            case Rotation.Gone(var job) ->
                job.changes().stream()
                        .allMatch(change -> journal.mounts()
                                .get(change.mount().id())
                                .filter(mount -> mount.live())
                                .isEmpty());
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
                    LOG.errorf("files of an old mount stay volume=%s why='%s'", mount.volume(), e.getMessage());
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
        for (var change : job.real()) {
            events.tell(
                    type,
                    "bundle",
                    change.bundle(),
                    "container",
                    job.name(),
                    "id",
                    job.container(),
                    "strategy",
                    job.policy().strategy().word(),
                    "from",
                    change.from().toString(),
                    "to",
                    change.to().toString(),
                    "why",
                    why);
        }
    }

    /** Containers that no other rotation may touch. */
    Set<String> busy() {
        var busy = new HashSet<String>();
        for (var rotation : underWay.all()) {
            busy.add(rotation.job().container());
            if (rotation instanceof Rolling.Paired paired) {
                busy.add(paired.twin().container());
            }
        }
        return busy;
    }

    private List<Future<End>> of(String bundle) {
        return underWay.all().stream()
                .filter(rotation -> rotation.job().touches(bundle))
                .flatMap(
                        rotation -> Stream.ofNullable(walking.get(rotation.job().container())))
                .toList();
    }

    /** Does something while no rotation is begun; it is told the containers that are rotated. */
    void meanwhile(Consumer<Set<String>> work) {
        synchronized (walking) {
            work.accept(busy());
        }
    }

    /** Tells every end from now on, until the result is closed. */
    Events.Listening listen(Consumer<End> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    Collection<Rotation> all() {
        return underWay.all();
    }

    /** Stops where they are; they go on at the next start. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
