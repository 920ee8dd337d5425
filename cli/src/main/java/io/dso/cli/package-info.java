/**
 * The command {@code dso}: what all commands share. In: arguments, environment, streams. Out: data, talk, an exit code.
 * What a command does is left to the packages below.
 */
@NullMarked
package io.dso.cli;

import org.jspecify.annotations.NullMarked;
