@NullMarked
package io.dso.agent.render;

import org.jspecify.annotations.NullMarked;
