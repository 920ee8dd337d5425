/**
 * Neighbour: the configuration file. In: its path. Out: {@link io.dso.agent.config.Settings}, or every mistake in it
 * with line and fix. Leaves to others whether stores, executables and containers named there exist.
 *
 * <p>{@code Grammar} says what may stand in the file; read it first.
 */
@NullMarked
package io.dso.agent.config;

import org.jspecify.annotations.NullMarked;
