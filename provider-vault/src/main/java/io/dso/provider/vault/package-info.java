/**
 * The provider process over HashiCorp Vault and OpenBao. In: requests of the SDK. Out: versions, values, reports of
 * change, each failure with its reason. Who we are is left to {@code token}, kinds of secrets to {@code engine}, the
 * server's protocol to {@code api} and {@code http}.
 */
@NullMarked
package io.dso.provider.vault;

import org.jspecify.annotations.NullMarked;
