@NullMarked
package io.dso.provider.azure;

import org.jspecify.annotations.NullMarked;
