/**
 * Black-box tests of the whole thing on a real Docker engine: only executables, sockets, files and the docker command.
 * In: {@code dist/} and an engine, named by system properties that {@code ./test} sets. One class a theme, each with an
 * agent, a vault and a driver name of its own.
 */
@NullMarked
package io.dso.e2e;

import org.jspecify.annotations.NullMarked;
