/**
 * Neighbour: whoever operates the agent. In: calls of the control API ({@code dso.control.v1}). Out: its answers. Copies
 * what others know into messages, and decides nothing.
 */
@NullMarked
package io.dso.agent.control;

import org.jspecify.annotations.NullMarked;
