@NullMarked
package io.dso.agent.provider;

import org.jspecify.annotations.NullMarked;
