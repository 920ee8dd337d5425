/**
 * For authors of providers. In: one {@link io.dso.provider.sdk.SecretStore}. Out: a process that serves it under the
 * contract {@code dso.provider.v1}: socket, peer check, limits, deadlines, errors, stop; and pieces that most stores
 * need, which leave no value behind. What a store is, and how one logs in to it, is left to the author.
 *
 * <pre>{@code
 * public static void main(String[] args) {
 *     ProviderProcess.run(args, config -> new MyStore(config.text("address")));
 * }
 * }</pre>
 */
@NullMarked
package io.dso.provider.sdk;

import org.jspecify.annotations.NullMarked;
