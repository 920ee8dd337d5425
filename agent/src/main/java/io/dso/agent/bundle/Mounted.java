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
 * @param holders how often the engine asked for it and didn't give it back: {@code docker cp} asks again, with the same
 *     ID, for a mount that a running container has, and gives back what it asked for
 */
public record Mounted(
        String id,
        String volume,
        String bundle,
        BundleVersion version,
        String container,
        String name,
        Phase phase,
        int holders) {

    /** A mount that is asked for the first time, by a container that isn't known yet. */
    public static Mounted fresh(String id, String volume, String bundle, BundleVersion version) {
        return new Mounted(id, volume, bundle, version, "", "", Phase.LIVE, 1);
    }

    /** Whether a container has the mount. */
    public enum Phase {
        /** Handed to the engine. */
        LIVE,
        /** Given back by the engine; the files are kept while a rotation may have to go back to them. */
        RETIRED
    }

    public Mounted at(BundleVersion other) {
        return new Mounted(id, volume, bundle, other, container, name, phase, holders);
    }

    public Mounted in(String containerId, String containerName) {
        return new Mounted(id, volume, bundle, version, containerId, containerName, phase, holders);
    }

    public Mounted retired() {
        return new Mounted(id, volume, bundle, version, container, name, Phase.RETIRED, 0);
    }

    /** With one holder more. */
    public Mounted held() {
        return new Mounted(id, volume, bundle, version, container, name, phase, holders + 1);
    }

    /** With one holder less. */
    public Mounted released() {
        return new Mounted(id, volume, bundle, version, container, name, phase, Math.max(0, holders - 1));
    }

    public boolean live() {
        return phase == Phase.LIVE;
    }
}
