package io.dso.agent.volume;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dso.agent.bundle.VolumeDefinition;
import io.dso.agent.record.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The volumes the engine created, by name: names and options, no values. It has to outlive the agent and the host's boot,
 * since the engine doesn't tell a driver the options again and a start fails on a volume the driver doesn't know
 * (docs/engine.md F7).
 */
public final class VolumeTable {
    private final Section<VolumeDefinition> volumes;

    private VolumeTable(Section<VolumeDefinition> volumes) {
        this.volumes = volumes;
    }

    /** Opens. */
    public static VolumeTable open(Path directory) throws IOException {
        return new VolumeTable(Section.open(directory, CODEC));
    }

    Optional<VolumeDefinition> get(String name) {
        return volumes.get(name);
    }

    /** By name. */
    Collection<VolumeDefinition> all() {
        return volumes.all().stream()
                .sorted(Comparator.comparing(VolumeDefinition::name))
                .toList();
    }

    void put(VolumeDefinition volume) {
        volumes.put(volume);
    }

    void remove(String name) {
        volumes.remove(name);
    }

    /** Notes that a container which may have the bundle mounted the volume. */
    void granted(VolumeDefinition volume) {
        if (!volume.granted()) {
            volumes.put(new VolumeDefinition(volume.name(), volume.bundle(), true));
        }
    }

    /** Names of all volumes. */
    public List<String> names() {
        return all().stream().map(VolumeDefinition::name).toList();
    }

    private static final Section.Codec<VolumeDefinition> CODEC = new Section.Codec<>() {
        @Override
        public String key(VolumeDefinition volume) {
            return volume.name();
        }

        @Override
        public void write(VolumeDefinition volume, ObjectNode to) {
            to.put("name", volume.name());
            to.put("bundle", volume.bundle());
            to.put("granted", volume.granted());
        }

        @Override
        public VolumeDefinition read(JsonNode from) {
            return new VolumeDefinition(
                    from.path("name").asText(),
                    from.path("bundle").asText(),
                    from.path("granted").asBoolean());
        }
    };
}
