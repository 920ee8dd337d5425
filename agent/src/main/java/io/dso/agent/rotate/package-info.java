/**
 * Rotates: brings one running container from one bundle version to another, and back if it doesn't stand it. In: a
 * {@link Rotation}. Out: the same one in a state that is an end. Every state is in the journal before it is acted on.
 */
@NullMarked
package io.dso.agent.rotate;

import org.jspecify.annotations.NullMarked;
