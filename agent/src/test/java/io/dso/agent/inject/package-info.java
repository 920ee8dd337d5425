@NullMarked
package io.dso.agent.inject;

import org.jspecify.annotations.NullMarked;
