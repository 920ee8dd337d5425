/**
 * The provider process over an Azure Key Vault. In: requests of the SDK. Out: versions, values, each failure with its reason.
 * What a change means is left to the agent.
 */
@NullMarked
package io.dso.provider.azure;

import org.jspecify.annotations.NullMarked;
