/**
 * Vault's HTTP API, one call at a time. In: a request and a token. Out: an answer as JSON bytes, or the failure it means.
 * Where tokens come from is left to {@code token}, what is asked to {@code engine}.
 */
@NullMarked
package io.dso.provider.vault.api;

import org.jspecify.annotations.NullMarked;
