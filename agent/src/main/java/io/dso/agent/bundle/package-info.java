/**
 * What the user wants, as things: bundles of secrets, who may mount them, how applications reload, where secrets come
 * from; and the workloads that ask. JDK only, no I/O.
 */
@NullMarked
package io.dso.agent.bundle;

import org.jspecify.annotations.NullMarked;
