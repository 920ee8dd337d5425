@NullMarked
package io.dso.agent.bundle;

import org.jspecify.annotations.NullMarked;
