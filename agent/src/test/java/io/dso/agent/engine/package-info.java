@NullMarked
package io.dso.agent.engine;

import org.jspecify.annotations.NullMarked;
