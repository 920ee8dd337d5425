/**
 * Fetches: asks providers for the versions and values of a bundle's secrets. In: a bundle, a deadline. Out: answers;
 * values are the caller's to close. Keeps nothing, and reads a value that
 * several want at the same time once.
 */
@NullMarked
package io.dso.agent.fetch;

import org.jspecify.annotations.NullMarked;
