package io.dso.agent.reconcile;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.Order;
import io.dso.agent.bundle.Paused;
import io.dso.agent.decide.Course;
import io.dso.agent.decide.Marks;
import io.dso.agent.decide.Plan;
import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.Problem;
import io.dso.agent.problem.ProblemId;
import io.dso.agent.record.Journal;
import io.dso.agent.rotate.Rotation;
import io.dso.agent.rotate.Rotation.End;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.VersionId;
import io.dso.agent.time.Deadline;
import io.dso.agent.watch.StoreWatch;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Does what operators say. What they say is in the journal before it is acted on, so that it outlives the agent:
 *
 * <ul>
 *   <li>a <b>pause</b> leaves running containers as they are;
 *   <li>an <b>order</b> brings a bundle's containers to a version, through a pause if need be. To another version than the
 *       stores have, it is a mark against theirs, which holds until the stores have another one.
 * </ul>
 */
public final class Orders {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Journal journal;
    private final StoreWatch stores;
    private final Reconciler reconciler;
    private final Courses courses;
    private final InstantSource clock;

    public Orders(Journal journal, StoreWatch stores, Reconciler reconciler, Courses courses, InstantSource clock) {
        this.journal = journal;
        this.stores = stores;
        this.reconciler = reconciler;
        this.courses = courses;
        this.clock = clock;
    }

    /** Leaves a bundle's running containers, or everybody's ({@link Paused#ALL}), as they are. What is under way ends first. */
    public void pause(String bundle, String by) {
        if (journal.paused().get(bundle).isEmpty()) {
            journal.paused().put(new Paused(bundle, clock.instant(), by));
        }
    }

    /**
     * Ends a pause; for {@link Paused#ALL} all of them.
     *
     * @throws DsoException (STILL_PAUSED) for a bundle while everything is paused
     */
    public void resume(String bundle) {
        if (!bundle.equals(Paused.ALL) && journal.paused().get(Paused.ALL).isPresent()) {
            throw new DsoException(new Problem(
                    ProblemId.STILL_PAUSED,
                    "every bundle is paused, " + bundle + " among them",
                    "bundle " + bundle,
                    "resume all of them: dso resume"));
        }
        journal.paused().all().stream()
                .map(Paused::bundle)
                .filter(paused -> bundle.equals(Paused.ALL) || paused.equals(bundle))
                .forEach(journal.paused()::remove);
        reconciler.inUse().stream()
                .filter(used -> bundle.equals(Paused.ALL) || used.equals(bundle))
                .forEach(reconciler::hint);
    }

    /** Compares some bundles' versions with the stores now and rotates what may be; until that is done. */
    public List<End> sync(Collection<Bundle> bundles) throws InterruptedException {
        var asked = used(bundles);
        stores.look(asked.stream().flatMap(bundle -> bundle.refs().stream()).toList());
        return walked(asked);
    }

    private List<Bundle> used(Collection<Bundle> bundles) {
        var used = reconciler.inUse();
        return bundles.stream().filter(bundle -> used.contains(bundle.name())).toList();
    }

    /** Rotates in as many passes as it takes; none goes twice. A rotation that ends may begin the next one by itself. */
    private List<End> walked(Collection<Bundle> bundles) throws InterruptedException {
        Map<String, End> ends = Collections.synchronizedMap(new LinkedHashMap<>());
        try (var _ = reconciler.listen(end -> bundles.stream()
                .filter(bundle -> end.job().touches(bundle.name()))
                .findFirst()
                .ifPresent(_ -> ends.put(key(end), end)))) {
            var seen = new HashSet<String>();
            boolean goesOn = true;
            while (goesOn) {
                goesOn = false;
                var begun = bundles.stream()
                        .flatMap(bundle -> reconciler.pass(bundle.name()).stream())
                        .toList();
                for (var rotation : begun) {
                    var end = ended(rotation);
                    goesOn |= seen.add(key(end)) && !(end instanceof Rotation.Postponed);
                }
            }
            return List.copyOf(ends.values());
        }
    }

    private static String key(End end) {
        return end.job().bundle() + " " + end.job().container();
    }

    private static End ended(Future<End> rotation) throws InterruptedException {
        try {
            return rotation.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a rotation failed, see the agent's log", e);
        }
    }

    /**
     * The version that a number stands for.
     *
     * @throws DsoException (VERSION_UNKNOWN, VERSION_OTHER_SHAPE) if it can't be gone to
     */
    public BundleVersion version(Bundle bundle, long number) {
        return fitting(
                bundle,
                journal.versionsOf(bundle.name()).stream()
                        .filter(version -> version.number() == number)
                        .findFirst()
                        .orElseThrow(
                                () -> unknown(bundle, "bundle %s has no version %d".formatted(bundle.name(), number))));
    }

    /**
     * The version before the one that a bundle's containers are to have now.
     *
     * @throws DsoException (VERSION_UNKNOWN, VERSION_OTHER_SHAPE) if there is none that can be gone to
     */
    public BundleVersion previous(Bundle bundle) {
        int now = journal.latest(bundle.name())
                .map(latest ->
                        Plan.ordered(latest, journal.badOf(bundle.name())).number())
                .orElse(0);
        return fitting(
                bundle,
                journal.versionsOf(bundle.name()).reversed().stream()
                        .filter(version -> version.number() < now)
                        .findFirst()
                        .orElseThrow(() -> unknown(
                                bundle,
                                now == 0
                                        ? neverRead(bundle)
                                        : "bundle %s has no version before %d".formatted(bundle.name(), now))));
    }

    /**
     * The version that the stores have now.
     *
     * @throws DsoException (SECRET_UNAVAILABLE) if that can't be learned
     */
    public BundleVersion latest(Bundle bundle) {
        return switch (versions(bundle)) {
            case Answer.Got<Map<SecretRef, VersionId>>(var secrets) -> journal.preview(bundle, secrets);
            case Answer.Refused<Map<SecretRef, VersionId>>(var refusal) ->
                throw new DsoException(new Problem(
                        ProblemId.SECRET_UNAVAILABLE,
                        refusal.why(),
                        "bundle " + bundle.name(),
                        "see 'dso health', then say it again"));
        };
    }

    private static String neverRead(Bundle bundle) {
        return "bundle %s was never read".formatted(bundle.name());
    }

    private DsoException unknown(Bundle bundle, String what) {
        var known = journal.versionsOf(bundle.name()).stream()
                .map(version -> Integer.toString(version.number()))
                .collect(Collectors.joining(", "));
        return new DsoException(new Problem(
                ProblemId.VERSION_UNKNOWN,
                what,
                "bundle " + bundle.name(),
                known.isEmpty() ? "start a container that mounts it" : "versions that are remembered: " + known));
    }

    private static BundleVersion fitting(Bundle bundle, BundleVersion version) {
        if (!version.shape().equals(BundleVersion.shapeOf(bundle))) {
            throw new DsoException(new Problem(
                    ProblemId.VERSION_OTHER_SHAPE,
                    "bundle %s is configured in another way than in %s".formatted(bundle.name(), version),
                    "bundles." + bundle.name(),
                    "configure it as it was, then say it again"));
        }
        return version;
    }

    /** What would be done about bundles now, those that are in use. The stores are asked for versions; no value is read. */
    public List<Preview> plan(Collection<Bundle> bundles) {
        return used(bundles).stream()
                .map(bundle -> preview(
                        bundle, known(bundle), journal.badOf(bundle.name()), rotate -> courses.of(bundle, rotate)))
                .toList();
    }

    /** What {@link #rotate} would do. */
    public Preview plan(Bundle bundle, Order order) {
        var latest = known(bundle);
        return preview(
                bundle,
                latest,
                Marks.ordering(bundle.name(), order.to(), latest, journal.badOf(bundle.name()), why(order)),
                rotate -> courses.of(bundle, rotate, order));
    }

    private Preview preview(
            Bundle bundle, BundleVersion latest, Collection<BadMark> marks, Function<Plan.Rotate, Course> course) {
        return Preview.of(bundle, latest, journal.mountsOf(bundle.name()), marks, reconciler.busy(), course);
    }

    /** What the stores have, or had when they answered last. */
    private BundleVersion known(Bundle bundle) {
        return versions(bundle) instanceof Answer.Got<Map<SecretRef, VersionId>>(var secrets)
                ? journal.preview(bundle, secrets)
                : journal.latest(bundle.name()).orElseThrow(() -> unknown(bundle, neverRead(bundle)));
    }

    private Answer<Map<SecretRef, VersionId>> versions(Bundle bundle) {
        return stores.peek(bundle, Deadline.after(PATIENCE, clock));
    }

    /**
     * Brings all containers of a bundle to a version, and those that start from now on; until that is done. What was marked
     * bad is tried again.
     */
    public List<End> rotate(Bundle bundle, Order order) throws InterruptedException {
        var name = bundle.name();
        var before = journal.badOf(name);
        var marks = Marks.ordering(name, order.to(), known(bundle), before, why(order));
        marks.forEach(journal.bad()::put);
        before.stream()
                .filter(mark -> marks.stream().map(BadMark::key).noneMatch(mark.key()::equals))
                .forEach(mark -> journal.bad().remove(mark.key()));
        if (reconciler.inUse().contains(name)) { // else there is nobody to bring there, and the marks are enough
            journal.orders().put(order);
        }
        return sync(List.of(bundle)); // takes note of what was only looked at
    }

    private static String why(Order order) {
        return "ordered by " + order.by();
    }
}
