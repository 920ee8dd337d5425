/**
 * What agent and command line share about the control API beside its messages. In: a problem, or a failed call. Out: the
 * other one. Who says what is left to those two.
 */
@NullMarked
package io.dso.control;

import org.jspecify.annotations.NullMarked;
