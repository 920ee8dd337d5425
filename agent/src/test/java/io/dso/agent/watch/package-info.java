@NullMarked
package io.dso.agent.watch;

import org.jspecify.annotations.NullMarked;
