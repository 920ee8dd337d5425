/**
 * Watches: keeps what the stores said last, and listens to stores and engine. In: pushes, polls, events. Out: hints that
 * something may have changed; never more than a hint.
 */
@NullMarked
package io.dso.agent.watch;

import org.jspecify.annotations.NullMarked;
