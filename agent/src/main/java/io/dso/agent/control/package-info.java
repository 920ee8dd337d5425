/**
 * Neighbour: whoever operates the agent. In: calls of the control API ({@code dso.control.v1}). Out: its answers, and who
 * ordered what with which outcome. Decides who may ({@link io.dso.agent.control.Gate}), and leaves to others what is done.
 */
@NullMarked
package io.dso.agent.control;

import org.jspecify.annotations.NullMarked;
