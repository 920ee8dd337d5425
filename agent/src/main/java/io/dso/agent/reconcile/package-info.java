/**
 * The spine: walks the steps. {@link io.dso.agent.reconcile.FirstDelivery} for a mount,
 * {@link io.dso.agent.reconcile.Reconciler} for a change, {@link io.dso.agent.reconcile.Observer} keeps what is known of
 * containers true. In: mounts, hints. Out: containers with the secrets they should have.
 */
@NullMarked
package io.dso.agent.reconcile;

import org.jspecify.annotations.NullMarked;
