@NullMarked
package io.dso.agent.decide;

import org.jspecify.annotations.NullMarked;
