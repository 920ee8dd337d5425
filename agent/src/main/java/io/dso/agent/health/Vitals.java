package io.dso.agent.health;

import java.util.List;

/** How the agent is. Answered from memory, at once. */
public interface Vitals {

    /** Whether it has begun to serve; stays true from then on. */
    boolean started();

    /** What it needs to serve a container's start. */
    List<Check> readiness();
}
