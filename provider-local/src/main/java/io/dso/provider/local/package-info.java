/**
 * The provider process over the vault. In: requests of the SDK, changes of the file. Out: versions, values, reports of
 * change, each failure with its reason. How the vault's file looks is left to the vault.
 */
@NullMarked
package io.dso.provider.local;

import org.jspecify.annotations.NullMarked;
