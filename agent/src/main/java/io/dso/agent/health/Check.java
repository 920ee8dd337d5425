package io.dso.agent.health;

/**
 * One thing that is as it should be, or isn't.
 *
 * @param name from a small set, such as {@code engine} or {@code provider vault}; never the name of a secret
 * @param up whether it is as it should be
 * @param reason why not, in one sentence, without the name of a secret; empty when it is up
 */
public record Check(String name, boolean up, String reason) {}
