package io.dso.agent.health;

import java.util.List;

/** How the agent is. Answered from memory: asking costs nothing and changes nothing. */
public interface Vitals {

    /** True once the agent has come up with its configuration; it stays true. */
    boolean started();

    /** What has to be up for new containers to get their secrets: sockets, engine, each provider. */
    List<Check> readiness();
}
