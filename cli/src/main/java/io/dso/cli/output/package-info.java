/** How results look: tables for people, tabs for pipes, JSON for programs. What they say is left to the commands. */
@NullMarked
package io.dso.cli.output;

import org.jspecify.annotations.NullMarked;
