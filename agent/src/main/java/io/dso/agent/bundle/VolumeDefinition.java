package io.dso.agent.bundle;

/**
 * A volume as the engine created it.
 *
 * @param name unique
 * @param bundle which bundle it holds
 * @param granted whether a container that may mount it ever did: then it is served while the engine can't be asked
 *     (docs/engine.md F15)
 */
public record VolumeDefinition(String name, String bundle, boolean granted) {}
