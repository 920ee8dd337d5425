package io.dso.agent.engine;

import io.dso.agent.bundle.Workload;
import io.dso.agent.engine.Inspection.Health;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/** A container of {@link FakeEngine}, and the application in it. */
public final class FakeContainer {
    public final String id;
    public final String name;
    final Set<String> volumes;
    /** Held while it is being started: whoever inspects it waits (docs/engine.md F13). */
    final ReentrantLock lock = new ReentrantLock();
    /** Volume to ID of the mount that it has now. */
    final Map<String, String> mounts = new LinkedHashMap<>();

    /** Mounts that could not be given back: asked for again, with the same ID, at the next start. */
    final Map<String, String> kept = new LinkedHashMap<>();

    /** Reads the files, at its start and at a signal, and maybe exits. */
    public App app = _ -> OptionalInt.empty();

    /** What commands in it do. */
    public Hook hook = (command, _) -> switch (command.getFirst()) {
        case "true", "/reload" -> OptionalLong.of(0);
        case "false" -> OptionalLong.of(1);
        case "sleep" -> OptionalLong.empty();
        default -> OptionalLong.of(127);
    };

    public Function<Path, Health> health = _ -> Health.NONE;
    public Map<String, String> labels = Map.of();
    public String imageId = "sha256:1";
    public boolean restartAlways;
    /** Its process on this host: one that has none of our mounts, unless a test says otherwise. */
    public volatile long pid = 1;

    volatile boolean running;
    volatile boolean restarting;
    volatile String startedAt = "never";
    volatile int exitCode;
    volatile String error = "";
    volatile Path directory = Path.of("/nowhere");
    public volatile int starts;
    public volatile int signals;

    /** An application. */
    @FunctionalInterface
    public interface App {
        /** Its exit code, if it doesn't stand what it reads. */
        OptionalInt reads(Path directory);
    }

    /** A command in the container. */
    @FunctionalInterface
    public interface Hook {
        /** Its exit code; empty if it goes on. */
        OptionalLong ends(List<String> command, Path directory);
    }

    FakeContainer(String id, String name, Set<String> volumes) {
        this.id = id;
        this.name = name;
        this.volumes = volumes;
    }

    public boolean running() {
        return running && !restarting;
    }

    /** Where the first of its volumes is. */
    public Path directory() {
        return directory;
    }

    /** ID of the mount it has of a volume. */
    public String mount(String volume) {
        var mount = mounts.get(volume);
        if (mount == null) {
            throw new IllegalStateException(name + " has no mount of " + volume);
        }
        return mount;
    }

    Workload workload() {
        return new Workload(id, name, "shop/" + name + ":1", imageId, labels, running(), volumes);
    }

    Inspection inspection() {
        return new Inspection(
                id,
                name,
                running(),
                running() ? pid : 0,
                startedAt,
                exitCode,
                error,
                running() ? health.apply(directory) : Health.NONE,
                restartAlways);
    }
}
