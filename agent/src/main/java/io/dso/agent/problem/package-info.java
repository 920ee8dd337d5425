/** Mistakes and failures as a person reads them: what is wrong, where, how to mend it. */
@NullMarked
package io.dso.agent.problem;

import org.jspecify.annotations.NullMarked;
