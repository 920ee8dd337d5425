/**
 * Verifies: that a change really arrived and the application stands it. In: a container, a policy. Out: a {@link Proof}.
 * Looks, and changes nothing.
 */
@NullMarked
package io.dso.agent.verify;

import org.jspecify.annotations.NullMarked;
