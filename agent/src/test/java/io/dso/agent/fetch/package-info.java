@NullMarked
package io.dso.agent.fetch;

import org.jspecify.annotations.NullMarked;
