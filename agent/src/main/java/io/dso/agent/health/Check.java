package io.dso.agent.health;

/**
 * One thing that has to work.
 *
 * @param name constant, e.g. {@code engine}, {@code provider vault}
 * @param up whether it does
 * @param reason why not; empty if it does
 */
public record Check(String name, boolean up, String reason) {}
