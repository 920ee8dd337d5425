@NullMarked
package io.dso.agent.verify;

import org.jspecify.annotations.NullMarked;
