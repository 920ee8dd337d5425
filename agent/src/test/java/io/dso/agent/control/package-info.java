@NullMarked
package io.dso.agent.control;

import org.jspecify.annotations.NullMarked;
