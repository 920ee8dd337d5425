/**
 * Neighbour: whoever probes the agent. In: {@link io.dso.agent.health.Vitals}. Out: the health endpoints' answers. Names
 * checks and reasons, never a secret.
 */
@NullMarked
package io.dso.agent.health;

import org.jspecify.annotations.NullMarked;
