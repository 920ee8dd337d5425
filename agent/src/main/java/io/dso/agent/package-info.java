/** The agent: starts, stops, and knows how everything else is wired. */
@NullMarked
package io.dso.agent;

import org.jspecify.annotations.NullMarked;
