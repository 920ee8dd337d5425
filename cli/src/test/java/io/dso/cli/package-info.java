/** What the command line promises: mostly transcripts, in src/test/resources/transcripts. */
@NullMarked
package io.dso.cli;

import org.jspecify.annotations.NullMarked;
