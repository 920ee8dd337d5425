package io.dso.agent.bundle;

/**
 * One mount of a volume into one container's run: the engine's Mount call made it, its Unmount call ends it.
 *
 * @param id the engine's random ID of this mount
 * @param volume the volume's name
 * @param bundle the bundle's name
 * @param version what the files in it are
 * @param container the container's ID; empty until it runs and is known
 * @param name the container's name then, for people
 * @param phase whether the container still has it
 */
public record Mounted(
        String id, String volume, String bundle, BundleVersion version, String container, String name, Phase phase) {

    /** Whether a container has the mount. */
    public enum Phase {
        /** Handed to the engine. */
        LIVE,
        /** Given back by the engine; the files are kept while a rotation may have to go back to them. */
        RETIRED
    }

    public Mounted at(BundleVersion other) {
        return new Mounted(id, volume, bundle, other, container, name, phase);
    }

    public Mounted in(String containerId, String containerName) {
        return new Mounted(id, volume, bundle, version, containerId, containerName, phase);
    }

    public Mounted retired() {
        return new Mounted(id, volume, bundle, version, container, name, Phase.RETIRED);
    }
}
