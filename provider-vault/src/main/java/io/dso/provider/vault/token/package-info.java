/**
 * Who we are to the server. In: a way to log in, and its credentials in files. Out: a live token for each call, renewed
 * and replaced ahead of its end. What is called with it is left to {@code engine}.
 */
@NullMarked
package io.dso.provider.vault.token;

import org.jspecify.annotations.NullMarked;
