package io.dso.agent.bundle;

import java.util.Map;
import java.util.Set;

/**
 * A container as the engine's list call shows it.
 *
 * @param id full ID
 * @param name without the leading slash
 * @param image the reference it was created with
 * @param imageId {@code sha256:…}
 * @param labels image labels and container labels, merged by the engine
 * @param running whether a process of it runs (also while paused)
 * @param volumes names of the volumes of our driver that it mounts
 */
public record Workload(
        String id,
        String name,
        String image,
        String imageId,
        Map<String, String> labels,
        boolean running,
        Set<String> volumes) {

    public static final String COMPOSE_PROJECT = "com.docker.compose.project";
    public static final String COMPOSE_SERVICE = "com.docker.compose.service";
    /** Set by Compose on containers and never on images, not even on those it builds. */
    public static final String COMPOSE_CONFIG_HASH = "com.docker.compose.config-hash";

    public Workload {
        labels = Map.copyOf(labels);
        volumes = Set.copyOf(volumes);
    }

    /** The same under another name. */
    public Workload named(String other) {
        return new Workload(id, other, image, imageId, labels, running, volumes);
    }
}
