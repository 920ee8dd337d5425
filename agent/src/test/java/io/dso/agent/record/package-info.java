@NullMarked
package io.dso.agent.record;

import org.jspecify.annotations.NullMarked;
