@NullMarked
package io.dso.transport;

import org.jspecify.annotations.NullMarked;
