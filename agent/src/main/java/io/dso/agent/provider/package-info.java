/**
 * Neighbour: provider processes. In: {@link io.dso.agent.bundle.ProviderSpec}s. Out: versions, values, hints that
 * something changed, and how each provider is. Starts and watches over the processes; knows nothing of bundles.
 *
 * <p>From the outside in: {@link io.dso.agent.provider.SupervisedProviders} has one {@code SupervisedProvider} for each,
 * which leads it through its lives; a {@code Launcher} begins a {@code Life}, a {@code Session} is the connection in it
 * and judges the answers, {@code Watches} keeps the hints coming.
 */
@NullMarked
package io.dso.agent.provider;

import org.jspecify.annotations.NullMarked;
