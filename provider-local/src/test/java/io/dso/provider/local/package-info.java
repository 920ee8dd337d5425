/** What the local provider promises. */
@NullMarked
package io.dso.provider.local;

import org.jspecify.annotations.NullMarked;
