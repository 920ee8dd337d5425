package io.dso.agent.bundle;

/**
 * A version that a container didn't stand. It isn't tried again there until the bundle's version changes.
 *
 * @param container the container's ID
 * @param bundle the bundle's name
 * @param bad what was taken back
 * @param good what the container has instead
 * @param why one sentence
 */
public record BadMark(String container, String bundle, BundleVersion bad, BundleVersion good, String why) {}
