/**
 * Neighbour: provider processes. In: {@link io.dso.agent.bundle.ProviderSpec}s. Out: versions, values, hints that
 * something changed, and how each provider is. Starts and watches over the processes; knows nothing of bundles.
 */
@NullMarked
package io.dso.agent.provider;

import org.jspecify.annotations.NullMarked;
