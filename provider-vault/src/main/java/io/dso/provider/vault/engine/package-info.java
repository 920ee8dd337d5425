/**
 * What kinds of secrets there are, and how each is asked for. In: paths. Out: versions and values. A version is what the
 * engine itself counts (KV version 2), a keyed digest (what has no versions) or a lease (what is made for us). Members
 * and configuration are left to the store.
 */
@NullMarked
package io.dso.provider.vault.engine;

import org.jspecify.annotations.NullMarked;
