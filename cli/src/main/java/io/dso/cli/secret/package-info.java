/** {@code dso secret}: works on the local vault's file itself, without an agent. How the file looks is left to the vault. */
@NullMarked
package io.dso.cli.secret;

import org.jspecify.annotations.NullMarked;
