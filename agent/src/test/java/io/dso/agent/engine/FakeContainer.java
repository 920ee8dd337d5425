package io.dso.agent.engine;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dso.agent.bundle.Workload;
import io.dso.agent.engine.Inspection.Health;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/** A container of {@link FakeEngine}, and the application in it. */
public final class FakeContainer {
    public final String id;
    public volatile String name;
    final String image;
    final Set<String> volumes;
    /** Networks that it is in, and its aliases there. */
    public final Map<String, List<String>> networks = new ConcurrentHashMap<>(Map.of("bridge", List.of()));
    /** What else the engine says of how it was set up. */
    public Consumer<ObjectNode> setup = _ -> {};
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
    /** The image that its reference names now. */
    public String imageNow = "sha256:1";
    /** Names of those joined to its network. */
    public List<String> dependents = List.of();

    public boolean restartAlways;
    /** Its process: there is none of that number on this host, unless a test says otherwise. */
    public volatile long pid;

    volatile boolean running;
    volatile boolean restarting;
    volatile String startedAt = "0001-01-01T00:00:00Z";
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

    FakeContainer(String id, String name, String image, Set<String> volumes, long pid) {
        this.id = id;
        this.name = name;
        this.image = image;
        this.volumes = volumes;
        this.pid = pid;
    }

    /** What an inspect answers. */
    ObjectNode seen() {
        var seen = JsonNodeFactory.instance.objectNode();
        seen.put("Id", id).put("Name", "/" + name).put("Image", imageId);
        seen.putObject("State")
                .put("Running", running)
                .put("Restarting", restarting)
                .put("StartedAt", startedAt);
        var config =
                seen.putObject("Config").put("Hostname", id.substring(0, 12)).put("Image", image);
        labels.forEach(config.putObject("Labels")::put);
        var host = seen.putObject("HostConfig")
                .put(
                        "NetworkMode",
                        networks.keySet().stream().sorted().findFirst().orElse("none"));
        var binds = host.putArray("Binds");
        var mounts = seen.putArray("Mounts");
        volumes.forEach(volume -> {
            binds.add(volume + ":/" + volume);
            mounts.addObject()
                    .put("Type", "volume")
                    .put("Name", volume)
                    .put("Destination", "/" + volume)
                    .put("Driver", "dso")
                    .put("RW", true);
        });
        var settings = seen.putObject("NetworkSettings").putObject("Networks");
        networks.forEach((network, aliases) ->
                aliases.forEach(settings.putObject(network).putArray("Aliases")::add));
        setup.accept(seen);
        return seen;
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
        return new Workload(id, name, image, imageId, labels, running(), volumes);
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
