@NullMarked
package io.dso.provider.tck;

import org.jspecify.annotations.NullMarked;
