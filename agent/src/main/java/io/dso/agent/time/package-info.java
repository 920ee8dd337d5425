/** Time as a thing: deadlines that callers hand down. */
@NullMarked
package io.dso.agent.time;

import org.jspecify.annotations.NullMarked;
