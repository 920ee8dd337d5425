@NullMarked
package io.dso.agent.reconcile;

import org.jspecify.annotations.NullMarked;
