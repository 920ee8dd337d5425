@NullMarked
package io.dso.provider.aws;

import org.jspecify.annotations.NullMarked;
