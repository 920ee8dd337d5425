package io.dso.agent.engine;

import java.time.Instant;

/**
 * Something that happened to a container: a hint, never a fact to act on alone.
 *
 * @param action the engine's word: start, die, destroy, …
 * @param container full ID
 * @param at the engine's time
 */
public record EngineEvent(String action, String container, Instant at) {}
