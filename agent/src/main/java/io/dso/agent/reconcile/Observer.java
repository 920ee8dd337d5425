package io.dso.agent.reconcile;

import io.dso.agent.bundle.Mounted;
import io.dso.agent.bundle.Workload;
import io.dso.agent.engine.Engine;
import io.dso.agent.engine.EngineEvent;
import io.dso.agent.engine.EngineException;
import io.dso.agent.engine.Inspection;
import io.dso.agent.inject.VolumeRoot;
import io.dso.agent.record.Events;
import io.dso.agent.record.Journal;
import io.dso.agent.time.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Keeps what the journal says about containers true: which mount is whose, which mounts nobody has any more, which
 * containers couldn't start because of us. Which container has which mount is read from the kernel (docs/engine.md F20).
 */
public final class Observer {
    private static final Logger LOG = Logger.getLogger(Observer.class);
    private static final Duration CALL = Duration.ofSeconds(10);
    private static final Duration START = Duration.ofMinutes(2);
    /** A start may take its time between our mount and the process, e.g. for other volumes. */
    private static final Duration UNSEEN = Duration.ofMinutes(10);

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(30);

    private final Engine engine;
    private final VolumeRoot root;
    private final Journal journal;
    private final Events events;
    private final InstantSource clock;
    private final String driver;
    private final Consumer<String> hint;
    private final Predicate<String> rotating;
    private final Wishing wishing;
    private final Map<String, Attempt> attempts = new HashMap<>();
    private final Looks unrecognised = new Looks();
    private final Looks stopped = new Looks();

    /** Starting a container again: how often it was tried, and when the next one is due. */
    private record Attempt(int count, Instant next) {}

    /**
     * Looks at nothing by itself.
     *
     * @param driver the name of our volume driver at the engine, which stands in the errors it caused
     * @param hint is told the bundle of a container that was recognised
     * @param wishing is shown all containers
     * @param rotating tells containers with a rotation under way, whose old mounts are still needed
     */
    public Observer(
            Engine engine,
            VolumeRoot root,
            Journal journal,
            Events events,
            InstantSource clock,
            String driver,
            Consumer<String> hint,
            Predicate<String> rotating,
            Wishing wishing) {
        this.engine = engine;
        this.root = root;
        this.journal = journal;
        this.events = events;
        this.clock = clock;
        this.driver = driver;
        this.hint = hint;
        this.rotating = rotating;
        this.wishing = wishing;
    }

    /** A mount of a volume was refused: whoever couldn't start for it is looked into by the next pass. */
    public void refused(String volume) {
        stopped.forgetUsers(volume);
    }

    /** Something happened to a container. */
    public void seen(EngineEvent event) {
        stopped.forget(event.container());
        switch (event.action()) {
            case "start" -> {
                if (journal.mounts().all().stream().anyMatch(Observer::unknown)) {
                    attach(event.container());
                }
            }
            case "destroy" -> forget(event.container());
            default -> {} // Unmount tells about the rest
        }
    }

    private static boolean unknown(Mounted mount) {
        return mount.live() && mount.container().isEmpty();
    }

    private void forget(String container) {
        journal.bad().all().stream()
                .filter(mark -> mark.container().equals(container))
                .forEach(mark -> journal.bad().remove(mark.key()));
    }

    /** Finds out which mounts a running container has. False if the engine didn't say. */
    private boolean attach(String container) {
        var before = journal.mounts().all(); // what is the container's after we looked may be of a newer run
        try {
            var seen = engine.inspect(container, Deadline.after(CALL, clock));
            if (!seen.running() || seen.pid() <= 0) {
                return true;
            }
            var has = root.mountsOf(seen.pid());
            if (has.isEmpty()) {
                LOG.debugf("no mount seen, it ended or can't be looked into container=%s", seen.name());
                return true;
            }
            for (var mount : before) {
                if (mount.live() && has.contains(mount.id())) {
                    recognise(mount, seen);
                } else if (mount.live() && mount.container().equals(seen.id())) {
                    discard(mount); // of an earlier run, whose Unmount we missed
                }
            }
            return true;
        } catch (EngineException | IOException e) {
            if (e instanceof EngineException engines && engines.kind() == EngineException.Kind.NOT_FOUND) {
                return true; // it is gone again
            }
            LOG.warnf("can't look into a container container=%s why='%s'", container, e.getMessage());
            return false;
        }
    }

    private void recognise(Mounted mount, Inspection container) {
        if (!mount.container().equals(container.id())) {
            journal.mounts().update(mount.id(), still -> still.in(container.id(), container.name()));
            hint.accept(mount.bundle());
        }
    }

    /**
     * One look at everything: one list call, and one inspect for each container that is new among those which run unknown or
     * don't run; of the others in turn ({@link Looks}).
     *
     * @return all containers
     */
    public synchronized List<Workload> fullPass() {
        var before = journal.mounts().all(); // a container in here that doesn't run afterwards has ended since
        var containers = engine.containers(Deadline.after(CALL, clock));
        wishing.noteAll(containers);
        var byId = containers.stream().collect(Collectors.toMap(Workload::id, container -> container));
        var unknown = containers.stream()
                .filter(container -> container.running() && !allKnown(container, before))
                .toList();
        for (var container : unrecognised.due(unknown)) {
            if (attach(container.id())) {
                unrecognised.looked(container);
            }
        }
        for (var mount : before) {
            boolean over = !mount.live() || abandoned(mount, containers, byId);
            if (over && !rotating.test(mount.container())) {
                discard(mount);
            }
        }
        sweep();
        journal.bad().all().stream()
                .filter(mark -> !mark.isEverywhere() && !byId.containsKey(mark.container()))
                .forEach(mark -> forget(mark.container()));
        heal(containers);
        return containers;
    }

    /** True if for each of our volumes that a container uses, a mount is known to be its own. */
    private static boolean allKnown(Workload container, Collection<Mounted> mounts) {
        return container.volumes().stream()
                .allMatch(volume -> mounts.stream()
                        .anyMatch(mount -> mount.live()
                                && mount.volume().equals(volume)
                                && mount.container().equals(container.id())));
    }

    private boolean abandoned(Mounted mount, Collection<Workload> containers, Map<String, Workload> byId) {
        if (!mount.container().isEmpty()) {
            var container = byId.get(mount.container());
            return container == null || !container.running();
        }
        if (journal.mounts().get(mount.id()).filter(Observer::unknown).isEmpty()) {
            return false; // recognised meanwhile
        }
        var known = journal.mounts().all();
        return containers.stream()
                        .filter(container ->
                                container.running() && container.volumes().contains(mount.volume()))
                        .allMatch(container -> allKnown(container, known))
                && old(mount.volume(), mount.id());
    }

    private boolean old(String volume, String mount) {
        try {
            var made = Files.getLastModifiedTime(root.directory(volume, mount)).toInstant();
            return made.plus(UNSEEN).isBefore(clock.instant());
        } catch (IOException e) {
            return true; // its directory is gone
        }
    }

    private void discard(Mounted mount) {
        try {
            root.remove(mount.volume(), mount.id());
            journal.mounts().remove(mount.id());
        } catch (IOException e) {
            LOG.errorf("files of an old mount stay volume=%s why='%s'", mount.volume(), e.getMessage());
        }
    }

    /** Removes directories that a kill left behind before the journal knew of them. */
    private void sweep() {
        try {
            for (var found : root.found()) {
                if (journal.mounts().get(found.mount()).isEmpty()
                        && found.changed().plus(UNSEEN).isBefore(clock.instant())) {
                    root.remove(found.volume(), found.mount());
                }
            }
        } catch (IOException e) {
            LOG.errorf("files of an old mount stay volumes=%s why='%s'", root, e.getMessage());
        }
    }

    /**
     * Starts again the containers that the engine gave up on because of our mount: it doesn't retry those itself, whatever
     * their restart policy (docs/engine.md F6). Only containers that have such a policy, with growing pauses.
     */
    private void heal(List<Workload> containers) {
        attempts.keySet().retainAll(containers.stream().map(Workload::id).collect(Collectors.toSet()));
        var down = containers.stream()
                .filter(container ->
                        !container.running() && !container.volumes().isEmpty() && !rotating.test(container.id()))
                .toList();
        attempts.keySet().forEach(stopped::forget);
        for (var container : stopped.due(down)) {
            if (!waits(container)) {
                heal(container);
            }
        }
    }

    private void heal(Workload container) {
        try {
            var seen = engine.inspect(container.id(), Deadline.after(CALL, clock));
            stopped.looked(container);
            if (!seen.running() && seen.restarts() && becauseOfUs(seen.error())) {
                tried(container);
                engine.start(container.id(), Deadline.after(START, clock));
                attempts.remove(container.id());
                events.tell("started-again", "container", container.name(), "id", container.id());
            }
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.NOT_FOUND) { // the list of 20.10 may have one that is gone
                LOG.warnf("can't start again container=%s why='%s'", container.name(), e.getMessage());
            }
        }
    }

    private boolean waits(Workload container) {
        var attempt = attempts.get(container.id());
        return attempt != null && clock.instant().isBefore(attempt.next());
    }

    private void tried(Workload container) {
        var before = attempts.get(container.id());
        int count = before == null ? 1 : before.count() + 1;
        var wait = Duration.ofSeconds(1L << Math.min(count, 11));
        attempts.put(
                container.id(),
                new Attempt(count, clock.instant().plus(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait)));
    }

    private boolean becauseOfUs(String error) {
        return error.contains("mounting volume") || error.contains("VolumeDriver") || error.contains(driver);
    }
}
