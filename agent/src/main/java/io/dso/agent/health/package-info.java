/**
 * Neighbour: whoever asks how the agent is. In: {@link io.dso.agent.health.Vitals}. Out: the answers of {@code
 * /q/health/live}, {@code ready} and {@code started} on the management listener.
 */
@NullMarked
package io.dso.agent.health;

import org.jspecify.annotations.NullMarked;
