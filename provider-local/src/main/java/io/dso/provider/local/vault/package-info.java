/**
 * The vault: one encrypted file that keeps secrets with their versions; docs/vault-format.md is its layout.
 *
 * <p>In: names, values, a key or passphrase file. Out: versions, and values for as long as somebody holds them. Who
 * asks, and over which socket, is left to others: the provider process and the command line use it alike.
 */
@NullMarked
package io.dso.provider.local.vault;

import org.jspecify.annotations.NullMarked;
