/**
 * Commands that ask the agent over its control API. In: its answers and problems. Out: tables, lines, exit codes. How a
 * socket is spoken to is left to {@code io.dso.transport}.
 */
@NullMarked
package io.dso.cli.agent;

import org.jspecify.annotations.NullMarked;
