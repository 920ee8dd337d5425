@NullMarked
package io.dso.agent.secret;

import org.jspecify.annotations.NullMarked;
