package io.dso.agent.rotate;

import io.dso.agent.bundle.Workload;
import io.dso.agent.decide.Preflight;
import io.dso.agent.engine.Blueprint;
import io.dso.agent.engine.Engine;
import io.dso.agent.engine.EngineException;
import io.dso.agent.engine.EngineException.Kind;
import io.dso.agent.engine.Inspection;
import io.dso.agent.record.Journal;
import io.dso.agent.rotate.Rolling.Clearing;
import io.dso.agent.rotate.Rolling.Cloning;
import io.dso.agent.rotate.Rolling.Discarding;
import io.dso.agent.rotate.Rolling.Draining;
import io.dso.agent.rotate.Rolling.Gating;
import io.dso.agent.rotate.Rolling.Joining;
import io.dso.agent.rotate.Rolling.Launching;
import io.dso.agent.rotate.Rolling.Restoring;
import io.dso.agent.rotate.Rolling.Swapping;
import io.dso.agent.rotate.Rolling.Twin;
import io.dso.agent.rotate.Rotation.Done;
import io.dso.agent.rotate.Rotation.Gone;
import io.dso.agent.rotate.Rotation.Job;
import io.dso.agent.rotate.Rotation.Postponed;
import io.dso.agent.verify.Proof;
import io.dso.agent.verify.Settling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;

/**
 * The work of each state of {@link Rolling}. Each looks at the engine before it acts, and so may be done again after a kill
 * at any call.
 */
final class RollingSteps {
    /**
     * How long both are found before the first is stopped. The engine names the second in its DNS before its interface is up.
     * Whoever asks for its hardware address in between gets no answer, and asks again after a second (arp(7), retrans_time):
     * until then only the first serves them.
     */
    private static final Duration BOTH_FOUND = Duration.ofSeconds(2);

    private final Engine engine;
    private final Kernel kernel;
    private final Journal journal;
    private final Settling settling;
    private final Lookout lookout;
    private final Retreat retreat;
    private final InstantSource clock;

    RollingSteps(
            Engine engine,
            Lookout lookout,
            Kernel kernel,
            Journal journal,
            FileSwitch files,
            Settling settling,
            InstantSource clock) {
        this.engine = engine;
        this.kernel = kernel;
        this.journal = journal;
        this.settling = settling;
        this.lookout = lookout;
        this.retreat = new Retreat(engine, files, lookout);
        this.clock = clock;
    }

    Rotation step(Rolling rotation) throws InterruptedException {
        return switch (rotation) {
            case Cloning(var job) -> cloned(job);
            case Launching(var job, var twin) -> launched(job, twin);
            case Gating(var job, var twin, var startedAt) -> gated(job, twin, startedAt);
            case Joining(var job, var twin) -> joined(job, twin);
            case Swapping(var job, var twin) -> swapped(job, twin);
            case Draining(var job, var twin) -> drained(job, twin);
            case Clearing(var job, var twin) -> cleared(job, twin);
            case Restoring(var job, var twin, var reason) -> retreat.restored(job, twin, reason);
            case Discarding(var job, var twin, var reason) -> retreat.discarded(job, twin, reason);
        };
    }

    private Rotation cloned(Job job) {
        var first = engine.describe(job.container(), lookout.call());
        if (!first.running()) {
            return new Gone(job);
        }
        var begun = begun(first);
        if (begun.isPresent()) {
            return new Launching(job, new Twin(begun.get(), first.name(), clock.instant()));
        }
        var preflight = Preflight.of(first.setup());
        if (!preflight.allows()) {
            return new Postponed(job, "%s can't be replaced: %s".formatted(job.name(), preflight.why()));
        }
        return new Launching(job, new Twin(made(job, first), first.name(), clock.instant()));
    }

    private String made(Job job, Blueprint first) {
        try {
            var labels = Map.of(Rolling.REPLACES, job.container(), Rolling.NAME, first.name());
            return engine.create(Lookout.next(first.name(), job), first, labels, lookout.call());
        } catch (EngineException e) {
            // An order that we gave up on may have been carried out since.
            return e.kind() == Kind.REFUSED ? begun(first).orElseThrow(() -> e) : rethrown(e);
        }
    }

    private static String rethrown(EngineException e) {
        throw e;
    }

    private Optional<String> begun(Blueprint first) {
        return engine.containers(lookout.call()).stream()
                .filter(other -> first.id().equals(other.labels().get(Rolling.REPLACES))
                        && other.imageId().equals(first.image()))
                .map(Workload::id)
                .filter(id -> lookout.find(id).isPresent()) // the list of 20.10 may have one that is gone
                .findFirst();
    }

    private Rotation launched(Job job, Twin twin) {
        var second = engine.describe(twin.container(), lookout.call());
        if (!second.ran()) {
            var has = second.networks().keySet();
            for (var network : engine.describe(job.container(), lookout.call()).furtherNetworks()) {
                if (!has.contains(network.network())) {
                    engine.connect(twin.container(), network.quiet(), lookout.call());
                }
            }
            engine.start(twin.container(), lookout.life());
        }
        return new Gating(
                job, twin, engine.inspect(twin.container(), lookout.call()).startedAt());
    }

    private Rotation gated(Job job, Twin twin, String startedAt) throws InterruptedException {
        return switch (settling.prove(twin.container(), startedAt, twin.since(), job.policy())) {
            case Proof.Holds() ->
                shows(job, twin)
                        ? new Joining(job, twin)
                        : new Discarding(
                                job, twin, new Reason.Untried(twin.name() + "'s successor didn't get the new version"));
            case Proof.Fails(var why) ->
                new Discarding(job, twin, new Reason.Bad(why.replace(Lookout.next(twin.name(), job), twin.name())));
            case Proof.Gone() ->
                new Discarding(
                        job, twin, new Reason.Untried(twin.name() + "'s successor was stopped or removed by somebody"));
        };
    }

    /** The kernel's word, not ours: the second container has mounts of its own, with the new versions. */
    private boolean shows(Job job, Twin twin) {
        try {
            var has = kernel.mountsOf(
                    engine.inspect(twin.container(), lookout.call()).pid());
            has.forEach(id -> journal.mounts().update(id, mount -> mount.in(twin.container(), twin.name())));
            return job.changes().stream()
                    .allMatch(change -> has.stream()
                            .flatMap(id -> journal.mounts().get(id).stream())
                            .anyMatch(mount ->
                                    mount.volume().equals(change.mount().volume())
                                            && mount.version().sameContent(change.to())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Rotation joined(Job job, Twin twin) {
        var networks = engine.describe(twin.container(), lookout.call()).networks();
        for (var wanted :
                engine.describe(job.container(), lookout.call()).networks().values()) {
            var has = networks.get(wanted.network());
            if (has != null && new HashSet<>(has.aliases()).containsAll(wanted.aliases())) {
                continue;
            }
            if (has != null) {
                engine.disconnect(twin.container(), wanted.network(), lookout.call());
            }
            engine.connect(twin.container(), wanted, lookout.call());
        }
        var seen = engine.inspect(twin.container(), lookout.call());
        return seen.running() && seen.health() != Inspection.Health.UNHEALTHY
                ? new Swapping(job, twin)
                : new Discarding(job, twin, new Reason.Bad(twin.name() + " ended or was unhealthy in its networks"));
    }

    private Rotation swapped(Job job, Twin twin) {
        var second = engine.inspect(twin.container(), lookout.call());
        var found = lookout.find(job.container());
        if (found.isEmpty()) {
            return second.name().equals(twin.name())
                    ? new Done(job)
                    : new Discarding(job, twin, new Reason.Unwanted(twin.name() + " was removed"));
        }
        var first = found.get();
        if (!second.running()) {
            return new Restoring(job, twin, new Reason.Bad(twin.name() + " ended after it was proved"));
        }
        if (first.name().equals(twin.name())) {
            if (!first.running() && engine.stopAsked(job.container(), twin.since(), lookout.call())) {
                return new Discarding(job, twin, new Reason.Unwanted(twin.name() + " was stopped"));
            }
            engine.rename(job.container(), Lookout.last(twin.name(), job), lookout.call());
        }
        if (!second.name().equals(twin.name())) {
            engine.rename(twin.container(), twin.name(), lookout.call());
        }
        return new Draining(job, twin);
    }

    private Rotation drained(Job job, Twin twin) throws InterruptedException {
        var first = lookout.find(job.container());
        if (first.isPresent() && first.get().running() && servesBeside(job, twin) instanceof Proof.Fails(var why)) {
            return new Restoring(job, twin, new Reason.Bad(why));
        }
        if (!stands(twin)) {
            return new Restoring(job, twin, new Reason.Bad(twin.name() + " ended after it was proved"));
        }
        if (lookout.find(job.container()).isPresent()) { // somebody may have removed it since
            engine.stop(job.container(), lookout.life());
        }
        return new Clearing(job, twin);
    }

    /** Lets the second one prove itself again, now that it is found: its clients have to get to it while they can turn to the first. */
    private Proof servesBeside(Job job, Twin twin) throws InterruptedException {
        var second = engine.describe(twin.container(), lookout.call());
        var time = second.foundByName() ? BOTH_FOUND : Duration.ZERO;
        var run = engine.inspect(twin.container(), lookout.call()).startedAt();
        return settling.prove(twin.container(), run, twin.since(), job.policy().settling(time));
    }

    private Rotation cleared(Job job, Twin twin) {
        if (!stands(twin)) {
            return new Restoring(job, twin, new Reason.Bad(twin.name() + " ended after it was proved"));
        }
        var first = lookout.find(job.container());
        if (first.isPresent()) {
            if (first.get().running()) {
                return new Draining(job, twin); // somebody started it
            }
            engine.remove(job.container(), lookout.call());
        }
        return new Done(job);
    }

    /** It runs, or doesn't because its user doesn't want it to. */
    private boolean stands(Twin twin) {
        var second = lookout.find(twin.container());
        return second.isPresent()
                && (second.get().running() || engine.stopAsked(twin.container(), twin.since(), lookout.call()));
    }

    /** What remains to be said of one that was refused again and again. */
    Optional<Rotation.End> givenUp(Rolling rotation) {
        return retreat.givenUp(rotation);
    }

    /** The engine doesn't do what a state needs. Empty if that is to be tried again. */
    Optional<Rotation> refused(Rolling rotation, EngineException e) {
        var reason = new Reason.Untried(String.valueOf(e.getMessage()));
        return switch (rotation) {
            case Cloning(var job) ->
                Optional.of(lookout.find(job.container()).isEmpty() ? new Gone(job) : new Postponed(job, reason.why()));
            case Launching(var job, var twin) -> Optional.of(new Discarding(job, twin, reason));
            case Gating(var job, var twin, var _) -> Optional.of(new Discarding(job, twin, reason));
            case Joining(var job, var twin) -> Optional.of(new Discarding(job, twin, reason));
            case Swapping(var job, var twin) -> Optional.of(new Restoring(job, twin, reason));
            case Draining(var job, var twin) -> Optional.of(new Restoring(job, twin, reason));
            case Clearing _, Restoring _, Discarding _ -> Optional.empty();
        };
    }
}
