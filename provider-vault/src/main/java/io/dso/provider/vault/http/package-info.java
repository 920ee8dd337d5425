/**
 * HTTP to one server. In: a request and a deadline. Out: a status and at most so many bytes, which the caller wipes.
 * Follows no redirect, keeps no text of a body. What a status means is left to {@code api}.
 */
@NullMarked
package io.dso.provider.vault.http;

import org.jspecify.annotations.NullMarked;
