/** Keeps the contract frozen. */
@NullMarked
package io.dso.provider.contract;

import org.jspecify.annotations.NullMarked;
