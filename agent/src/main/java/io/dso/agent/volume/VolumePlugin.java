package io.dso.agent.volume;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.VolumeDefinition;
import io.dso.agent.inject.VolumeRoot;
import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.Problem;
import io.dso.agent.problem.ProblemId;
import io.dso.agent.reconcile.FirstDelivery;
import io.dso.agent.record.Events;
import io.dso.agent.record.Metrics;
import io.dso.agent.record.Metrics.MountOutcome;
import io.dso.agent.time.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Docker's volume plugin protocol: one JSON object in, one out, an error in its member {@code Err}. All but Mount is
 * answered from memory: a slow answer stalls the engine's whole {@code volume ls} (docs/engine.md F14).
 */
public final class VolumePlugin {
    private static final Logger LOG = Logger.getLogger(VolumePlugin.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** As the engine names local volumes; short enough for a file's name with a suffix. */
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,199}");

    private final VolumeTable table;
    private final FirstDelivery first;
    private final VolumeRoot root;
    private final Supplier<Map<String, Bundle>> bundles;
    private final Supplier<Duration> mountDeadline;
    private final Events events;
    private final Metrics metrics;
    private final InstantSource clock;

    /**
     * Answers nothing by itself.
     *
     * @param mountDeadline how long a Mount call may take; below the engine's own 15 s
     */
    public VolumePlugin(
            VolumeTable table,
            FirstDelivery first,
            VolumeRoot root,
            Supplier<Map<String, Bundle>> bundles,
            Supplier<Duration> mountDeadline,
            Events events,
            Metrics metrics,
            InstantSource clock) {
        this.table = table;
        this.first = first;
        this.root = root;
        this.bundles = bundles;
        this.mountDeadline = mountDeadline;
        this.events = events;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Answers one call.
     *
     * @param path e.g. {@code /VolumeDriver.Mount}
     * @param body JSON, may be empty
     * @return JSON
     */
    public byte[] answer(String path, byte[] body) {
        ObjectNode out = JSON.createObjectNode();
        try {
            var in = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
            dispatch(path, in, out);
        } catch (DsoException e) {
            out.removeAll();
            out.put("Err", e.getMessage());
        } catch (IOException | RuntimeException e) {
            LOG.errorf(e, "volume call failed path=%s", path);
            out.removeAll();
            out.put("Err", "internal error in the agent, see its log");
        }
        try {
            return JSON.writeValueAsBytes(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void dispatch(String path, JsonNode in, ObjectNode out) throws IOException {
        switch (path) {
            case "/Plugin.Activate" -> out.putArray("Implements").add("VolumeDriver");
            case "/VolumeDriver.Capabilities" -> out.putObject("Capabilities").put("Scope", "local");
            case "/VolumeDriver.Create" -> create(name(in), in.path("Opts"));
            case "/VolumeDriver.Remove" -> remove(name(in));
            case "/VolumeDriver.Get" -> describe(known(in), out.putObject("Volume"));
            case "/VolumeDriver.Path" ->
                out.put("Mountpoint", root.directory(known(in).name()).toString());
            case "/VolumeDriver.List" -> {
                var volumes = out.putArray("Volumes");
                table.all().forEach(volume -> describe(volume, volumes.addObject()));
            }
            case "/VolumeDriver.Mount" -> mount(known(in), id(in), out);
            case "/VolumeDriver.Unmount" -> unmount(name(in), id(in));
            default -> out.put("Err", "no such call: " + path);
        }
    }

    private static String name(JsonNode in) {
        var name = in.path("Name").asText("");
        if (!NAME.matcher(name).matches()) {
            throw new DsoException(new Problem(
                    ProblemId.VOLUME_BAD_OPTION,
                    "a volume can't have this name",
                    "",
                    "use letters, digits, _ . -, at most 200"));
        }
        return name;
    }

    private static String id(JsonNode in) {
        var id = in.path("ID").asText("");
        if (!NAME.matcher(id).matches()) {
            throw new DsoException(new Problem(ProblemId.VOLUME_BAD_OPTION, "a mount can't have this ID", "", ""));
        }
        return id;
    }

    private VolumeDefinition known(JsonNode in) {
        var name = name(in);
        return table.get(name)
                .orElseThrow(() ->
                        new DsoException(new Problem(ProblemId.VOLUME_UNKNOWN, "no such volume: " + name, "", "")));
    }

    /** Idempotent for the same options. */
    private void create(String name, JsonNode options) {
        var unknown = new TreeSet<String>();
        options.fieldNames().forEachRemaining(unknown::add);
        unknown.remove("bundle");
        if (!unknown.isEmpty()) {
            throw new DsoException(new Problem(
                    ProblemId.VOLUME_BAD_OPTION,
                    "unknown option " + String.join(", ", unknown),
                    "volume " + name,
                    "the only option is bundle"));
        }
        var bundle = options.hasNonNull("bundle") ? options.path("bundle").asText() : name;
        if (!bundles.get().containsKey(bundle)) {
            throw new DsoException(new Problem(
                    ProblemId.BUNDLE_UNKNOWN,
                    "no bundle " + bundle + " in the configuration",
                    "volume " + name,
                    options.hasNonNull("bundle")
                            ? "add it under bundles, or correct the volume's option bundle"
                            : "give the volume the option bundle"));
        }
        var known = table.get(name);
        if (known.isPresent() && !known.get().bundle().equals(bundle)) {
            throw new DsoException(new Problem(
                    ProblemId.VOLUME_BAD_OPTION,
                    "the volume is there already, with bundle " + known.get().bundle(),
                    "volume " + name,
                    "remove it first"));
        }
        if (known.isEmpty()) {
            table.put(new VolumeDefinition(name, bundle, false));
        }
    }

    private void remove(String name) throws IOException {
        table.remove(name);
        root.remove(name);
    }

    private void describe(VolumeDefinition volume, ObjectNode out) {
        out.put("Name", volume.name());
        out.put("Mountpoint", root.directory(volume.name()).toString());
        out.putObject("Status").put("bundle", volume.bundle());
    }

    private void mount(VolumeDefinition volume, String id, ObjectNode out) {
        Instant began = clock.instant();
        var outcome = MountOutcome.REFUSED;
        try {
            var served = first.mount(volume, id, Deadline.after(mountDeadline.get(), clock));
            out.put("Mountpoint", served.directory().toString());
            outcome = switch (served) {
                case FirstDelivery.Served.Unclaimed _ -> MountOutcome.UNCLAIMED;
                case FirstDelivery.Served.Delivered(var _, var mount, var containers) -> {
                    table.granted(volume);
                    events.tell(
                            "mounted",
                            "bundle",
                            volume.bundle(),
                            "volume",
                            volume.name(),
                            "container",
                            String.join(",", containers),
                            "version",
                            mount.version().toString(),
                            "mount",
                            id);
                    yield MountOutcome.SERVED;
                }
            };
        } catch (DsoException e) {
            events.tell(
                    "mount-refused",
                    "bundle",
                    volume.bundle(),
                    "volume",
                    volume.name(),
                    "why",
                    e.problems().getFirst().what());
            throw e;
        } finally {
            metrics.mounted(outcome, Duration.between(began, clock.instant()));
        }
    }

    private void unmount(String volume, String id) {
        first.unmount(volume, id);
        events.tell("unmounted", "volume", volume, "mount", id);
    }
}
