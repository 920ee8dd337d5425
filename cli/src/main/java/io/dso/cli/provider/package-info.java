/** Commands for authors of providers. In: an executable. Out: what the conformance kit says of it. No agent is asked. */
@NullMarked
package io.dso.cli.provider;

import org.jspecify.annotations.NullMarked;
