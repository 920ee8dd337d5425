@NullMarked
package io.dso.agent.rotate;

import org.jspecify.annotations.NullMarked;
