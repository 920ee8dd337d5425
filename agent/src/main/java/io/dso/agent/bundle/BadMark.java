package io.dso.agent.bundle;

/**
 * A version that a container didn't stand, or that was taken back everywhere. It isn't tried again there until the
 * bundle's version changes, or an operator says so.
 *
 * @param container the container's ID, or {@link #EVERYWHERE}
 * @param bundle the bundle's name
 * @param bad what was taken back
 * @param good what is there instead
 * @param why one sentence
 */
public record BadMark(String container, String bundle, BundleVersion bad, BundleVersion good, String why) {
    /**
     * In place of a container's ID: for all containers of the bundle, those to come as well, by an operator's order or
     * since one didn't stand the version ({@code on-failure: rollback}).
     */
    public static final String EVERYWHERE = "";

    /** For all containers of a bundle. */
    public static BadMark everywhere(String bundle, BundleVersion bad, BundleVersion good, String why) {
        return new BadMark(EVERYWHERE, bundle, bad, good, why);
    }

    public boolean isEverywhere() {
        return container.equals(EVERYWHERE);
    }

    /** Whether it says something about a container. */
    public boolean covers(String containerId) {
        return isEverywhere() || container.equals(containerId);
    }

    /** What tells marks apart: there is at most one for a container and a bundle. */
    public String key() {
        return container + " " + bundle;
    }
}
