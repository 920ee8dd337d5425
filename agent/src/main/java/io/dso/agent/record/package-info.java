/**
 * Records: what was done and what is under way, so that a restarted agent goes on where it was; and tells whoever
 * listens. In: outcomes. Out: the journal, events, metrics. Never a value, never a digest of one.
 */
@NullMarked
package io.dso.agent.record;

import org.jspecify.annotations.NullMarked;
