/**
 * Injects: puts rendered files where the container reads them, in RAM, all at once. In: files and a place. Out: the
 * place switched to them. Knows file systems; asks {@code fetch} for what is to be in the files; knows no engine.
 */
@NullMarked
package io.dso.agent.inject;

import org.jspecify.annotations.NullMarked;
