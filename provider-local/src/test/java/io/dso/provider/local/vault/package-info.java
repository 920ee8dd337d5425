/** What a vault promises. */
@NullMarked
package io.dso.provider.local.vault;

import org.jspecify.annotations.NullMarked;
