/** Renders: values of a bundle's secrets to the bytes of its files. In: a bundle, values. Out: {@link RenderedFiles}. Pure. */
@NullMarked
package io.dso.agent.render;

import org.jspecify.annotations.NullMarked;
