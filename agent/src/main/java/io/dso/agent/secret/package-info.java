/**
 * Secrets as things: how one is named, its versions, its value, and why it can't be had. JDK only, no I/O.
 */
@NullMarked
package io.dso.agent.secret;

import org.jspecify.annotations.NullMarked;
