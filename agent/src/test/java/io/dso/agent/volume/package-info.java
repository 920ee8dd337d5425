@NullMarked
package io.dso.agent.volume;

import org.jspecify.annotations.NullMarked;
