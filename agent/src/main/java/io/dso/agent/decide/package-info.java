/**
 * Decides: who may mount what, which version a container should have, and what to do about those that don't. In: wanted,
 * observed. Out: verdicts and a {@link Plan}. No I/O, no clock: same input, same answer.
 */
@NullMarked
package io.dso.agent.decide;

import org.jspecify.annotations.NullMarked;
