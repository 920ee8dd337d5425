/** Against real servers where {@code ./test} found them, and against scripted ones for what those don't do. */
@NullMarked
package io.dso.provider.vault;

import org.jspecify.annotations.NullMarked;
