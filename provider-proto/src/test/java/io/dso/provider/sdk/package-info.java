@NullMarked
package io.dso.provider.sdk;

import org.jspecify.annotations.NullMarked;
