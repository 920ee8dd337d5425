@NullMarked
package io.dso.agent.time;

import org.jspecify.annotations.NullMarked;
