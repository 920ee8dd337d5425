/**
 * Measures what DSO costs, and beside it what users have today. In: {@code dist/} and an engine, named by {@code bench/run}.
 * Out: a section of docs/performance.md, and every single sample as CSV. Judges no times: that is for whoever reads them.
 */
@NullMarked
package io.dso.bench;

import org.jspecify.annotations.NullMarked;
