package io.dso.agent.engine;

import io.dso.agent.bundle.Workload;
import io.dso.agent.engine.EngineException.Kind;
import io.dso.agent.time.Deadline;
import io.dso.agent.time.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * An engine in memory. Its containers really read their files, exit, and are started again; it mounts and unmounts as
 * dockerd does (docs/engine.md F5, F7, F13). Fails where a test says so.
 */
public final class FakeEngine implements Engine {
    /** No process of this host has so high a number (proc_sys_kernel(5), pid_max). */
    private static final long NO_PROCESS = 1 << 23;

    private final TestClock clock;
    private final Map<String, FakeContainer> containers = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private final Map<String, OptionalLong> execs = new ConcurrentHashMap<>();
    private final Set<String> networks = new CopyOnWriteArraySet<>(Set.of("bridge"));
    private final List<EngineEvent> stops = new CopyOnWriteArrayList<>();
    private final List<Consumer<EngineEvent>> listeners = new CopyOnWriteArrayList<>();
    private volatile Driver driver = new NoDriver();
    private volatile Fault fault = (_, _) -> {};

    /** What was ordered, in order: {@code restart web}. */
    public final List<String> orders = new CopyOnWriteArrayList<>();

    public final Map<String, Map<String, String>> imageLabels = new ConcurrentHashMap<>();
    public volatile boolean away;

    /** The volume driver, as dockerd calls it. */
    public interface Driver {
        Path mount(String volume, String id);

        void unmount(String volume, String id);

        /** A container runs, with these mounts by volume. */
        void started(FakeContainer container, Map<String, String> mounts);
    }

    /** Called at each call, before and after it takes effect; may throw. */
    @FunctionalInterface
    public interface Fault {
        void at(int call, Moment moment);
    }

    /** When a fault strikes. */
    public enum Moment {
        BEFORE,
        AFTER
    }

    private record NoDriver() implements Driver {
        @Override
        public Path mount(String volume, String id) {
            throw new IllegalStateException("legacy plugin: plugin \"dso\" not found");
        }

        @Override
        public void unmount(String volume, String id) {
            throw new IllegalStateException("legacy plugin: plugin \"dso\" not found");
        }

        @Override
        public void started(FakeContainer container, Map<String, String> mounts) {}
    }

    public FakeEngine(TestClock clock) {
        this.clock = clock;
    }

    public void driver(Driver now) {
        driver = now;
    }

    public void noDriver() {
        driver = new NoDriver();
    }

    /** Counts calls from here on. */
    public void fault(Fault now) {
        calls.set(0);
        fault = now;
    }

    public void noFault() {
        fault = (_, _) -> {};
    }

    public int calls() {
        return calls.get();
    }

    /** A container that was never started. */
    public FakeContainer create(String name, String... volumes) {
        return made(name, "shop/" + name + ":1", Set.of(volumes));
    }

    private FakeContainer made(String name, String image, Set<String> volumes) {
        int number = ids.incrementAndGet();
        var container = new FakeContainer(
                "%.4s%060d".formatted(name + "0000", number), name, image, volumes, NO_PROCESS + number);
        containers.put(container.id, container);
        return container;
    }

    /** As {@code docker start}, by a user. */
    public void run(FakeContainer container) {
        up(container);
    }

    /** As {@code docker stop}, by a user. */
    public void stop(FakeContainer container) {
        stops.add(new EngineEvent("stop", container.id, clock.instant()));
        container.restarting = false;
        down(container, 137);
    }

    /** As {@code docker rm --force}, by a user. */
    public void remove(FakeContainer container) {
        stop(container);
        containers.remove(container.id);
        tell("destroy", container);
    }

    /** The application ends by itself. */
    public void exit(FakeContainer container, int code) {
        down(container, code);
        if (container.restartAlways) {
            container.running = true; // so says dockerd
            container.restarting = true;
            clock.in(Duration.ofMillis(100), () -> again(container));
        }
    }

    private void again(FakeContainer container) {
        if (container.restarting) {
            container.restarting = false;
            container.running = false;
            try {
                up(container);
            } catch (EngineException e) {
                container.error = String.valueOf(e.getMessage()); // and that was it (docs/engine.md F6)
            }
        }
    }

    private void up(FakeContainer container) {
        container.lock.lock();
        try {
            if (container.running) { // also while it waits for its restart: the engine answers 304
                return;
            }
            mountAll(container);
            container.error = "";
            container.running = true;
            container.startedAt = "%s #%d".formatted(clock.instant(), ++container.starts);
            var exit = container.app.reads(container.directory);
            driver.started(container, Map.copyOf(container.mounts));
            if (exit.isPresent()) {
                exit(container, exit.getAsInt());
            }
        } finally {
            container.lock.unlock();
        }
        tell("start", container);
    }

    private void mountAll(FakeContainer container) {
        for (var volume : container.volumes) {
            var left = container.kept.remove(volume);
            var id = left == null ? "m%063d".formatted(ids.incrementAndGet()) : left;
            try {
                var directory = driver.mount(volume, id);
                container.directory = container.mounts.isEmpty() ? directory : container.directory;
                container.mounts.put(volume, id);
            } catch (RuntimeException e) {
                container.error =
                        "error while mounting volume '%s': VolumeDriver.Mount: %s".formatted(volume, e.getMessage());
                unmountAll(container);
                throw new EngineException(Kind.REFUSED, container.error, e);
            }
        }
    }

    private void unmountAll(FakeContainer container) {
        var had = Map.copyOf(container.mounts);
        container.mounts.clear();
        had.forEach((volume, id) -> {
            try {
                driver.unmount(volume, id);
            } catch (RuntimeException e) {
                container.kept.put(volume, id);
            }
        });
    }

    private void down(FakeContainer container, int code) {
        if (container.running) {
            container.running = false;
            container.exitCode = code;
            unmountAll(container);
            tell("die", container);
        }
    }

    private void tell(String action, FakeContainer container) {
        var event = new EngineEvent(action, container.id, clock.instant());
        listeners.forEach(listener -> listener.accept(event));
    }

    private <T> T call(Supplier<T> effect) {
        int call = calls.incrementAndGet();
        fault.at(call, Moment.BEFORE);
        if (away) {
            throw new EngineException(
                    Kind.UNAVAILABLE, "the Docker engine can't be reached", new IllegalStateException());
        }
        var result = effect.get();
        fault.at(call, Moment.AFTER);
        return result;
    }

    private FakeContainer known(String id) {
        var container = containers.get(id);
        if (container == null) {
            throw new EngineException(Kind.NOT_FOUND, "No such container: " + id, new IllegalStateException());
        }
        return container;
    }

    @Override
    public List<Workload> containers(Deadline deadline) {
        return call(
                () -> containers.values().stream().map(FakeContainer::workload).toList());
    }

    @Override
    public List<Workload> containersUsing(String volume, Deadline deadline) {
        return call(() -> containers.values().stream()
                .map(FakeContainer::workload)
                .filter(workload -> workload.volumes().contains(volume))
                .toList());
    }

    @Override
    public Inspection inspect(String id, Deadline deadline) {
        return call(() -> {
            var container = known(id);
            if (container.lock.isHeldByCurrentThread()) {
                throw new AssertionError(
                        "inspects a container while it is being started: waits for ever (docs/engine.md F13)");
            }
            container.lock.lock();
            try {
                return container.inspection();
            } finally {
                container.lock.unlock();
            }
        });
    }

    @Override
    public boolean stopAsked(String id, Instant since, Deadline deadline) {
        return call(() -> stops.stream()
                .anyMatch(stop -> stop.container().equals(id) && !stop.at().isBefore(since)));
    }

    @Override
    public Map<String, String> imageLabels(String imageId, Deadline deadline) {
        return call(() -> imageLabels.getOrDefault(imageId, Map.of()));
    }

    @Override
    public void signal(String id, String signal, Deadline deadline) {
        order(signal, id, container -> {
            if (!container.running()) {
                throw new EngineException(
                        Kind.REFUSED, "Container " + id + " is not running", new IllegalStateException());
            }
            container.signals++;
            container.app.reads(container.directory).ifPresent(code -> exit(container, code));
        });
    }

    @Override
    public String exec(String id, List<String> command, Deadline deadline) {
        var exec = "exec%d".formatted(ids.incrementAndGet());
        order(String.join(" ", command) + " in", id, container -> {
            if (!container.running()) {
                throw new EngineException(
                        Kind.REFUSED, "Container " + id + " is not running", new IllegalStateException());
            }
            execs.put(exec, container.hook.ends(command, container.directory));
            container.app.reads(container.directory).ifPresent(code -> exit(container, code));
        });
        return exec;
    }

    @Override
    public OptionalLong exitCode(String exec, Deadline deadline) {
        return call(() -> Objects.requireNonNull(execs.get(exec)));
    }

    @Override
    public void restart(String id, Deadline deadline) {
        order("restart", id, container -> {
            container.restarting = false;
            down(container, 143);
            up(container);
        });
    }

    @Override
    public void start(String id, Deadline deadline) {
        order("start", id, this::up);
    }

    private void order(String what, String id, Consumer<FakeContainer> effect) {
        call(() -> {
            var container = known(id);
            orders.add(what + " " + container.name);
            effect.accept(container);
            return true;
        });
    }

    /** Stands for the kernel's table of mounts. */
    public Set<String> mountsOf(long pid) {
        return containers.values().stream()
                .filter(container -> container.running() && container.pid == pid)
                .flatMap(container -> container.mounts.values().stream())
                .collect(Collectors.toSet());
    }

    /** The container that has a name now. */
    public FakeContainer named(String name) {
        return containers.values().stream()
                .filter(container -> container.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no container " + name));
    }

    /** How many there are, running or not. */
    public int count() {
        return containers.size();
    }

    /** As {@code docker network create}. */
    public void network(String name) {
        networks.add(name);
    }

    @Override
    public Blueprint describe(String id, Deadline deadline) {
        return call(() -> {
            var container = known(id);
            return Blueprint.of(
                    container.seen(), new Blueprint.Beside(container.imageNow, container.dependents, "", "dso"));
        });
    }

    @Override
    public String create(String name, Blueprint model, Map<String, String> labels, Deadline deadline) {
        return call(() -> {
            free(name);
            var original = known(model.id());
            orders.add("copy " + original.name);
            var copy = made(name, original.image, original.volumes);
            copy.app = original.app;
            copy.health = original.health;
            copy.hook = original.hook;
            copy.imageId = original.imageId;
            copy.restartAlways = original.restartAlways;
            copy.setup = original.setup;
            copy.labels = new HashMap<>(original.labels);
            copy.labels.putAll(labels);
            var body = model.copy(labels);
            copy.networks.clear();
            body.path("NetworkingConfig")
                    .path("EndpointsConfig")
                    .properties()
                    .forEach(network -> copy.networks.put(network.getKey(), List.of()));
            return copy.id;
        });
    }

    private void free(String name) {
        if (containers.values().stream().anyMatch(container -> container.name.equals(name))) {
            throw new EngineException(
                    Kind.REFUSED,
                    "Conflict. The container name \"/%s\" is already in use".formatted(name),
                    new IllegalStateException());
        }
    }

    @Override
    public void connect(String id, Blueprint.Attachment attachment, Deadline deadline) {
        order("join " + attachment.network(), id, container -> {
            if (!networks.contains(attachment.network())) {
                throw new EngineException(
                        Kind.NOT_FOUND, "network " + attachment.network() + " not found", new IllegalStateException());
            }
            if (container.networks.putIfAbsent(attachment.network(), attachment.aliases()) != null) {
                throw new EngineException(Kind.REFUSED, "endpoint already exists", new IllegalStateException());
            }
        });
    }

    @Override
    public void disconnect(String id, String network, Deadline deadline) {
        order("leave " + network, id, container -> {
            if (container.networks.remove(network) == null) {
                throw new EngineException(Kind.REFUSED, "is not connected to network", new IllegalStateException());
            }
        });
    }

    @Override
    public void rename(String id, String name, Deadline deadline) {
        order("rename to " + name, id, container -> {
            free(name);
            container.name = name;
        });
    }

    @Override
    public void stop(String id, Deadline deadline) {
        order("stop", id, this::stop);
    }

    @Override
    public void remove(String id, Deadline deadline) {
        order("remove", id, container -> {
            if (container.running) {
                throw new EngineException(
                        Kind.REFUSED, "cannot remove container: it is running", new IllegalStateException());
            }
            containers.remove(id);
            tell("destroy", container);
        });
    }

    @Override
    public void discard(String id, Deadline deadline) {
        order("discard", id, this::remove);
    }

    @Override
    public Subscription events(Instant since, Consumer<EngineEvent> onEvent, Runnable onEnd) {
        return call(() -> {
            listeners.add(onEvent);
            return () -> {
                listeners.remove(onEvent);
                onEnd.run();
            };
        });
    }

    /** Names of all containers that run, for assertions. */
    public List<String> runningNames() {
        var names = new ArrayList<String>();
        containers.values().stream().filter(FakeContainer::running).forEach(container -> names.add(container.name));
        names.sort(String::compareTo);
        return names;
    }

    @Override
    public void close() {}
}
