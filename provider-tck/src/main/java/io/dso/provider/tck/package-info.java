/**
 * The conformance kit. In: a provider's executable, its configuration, names of some of its secrets. Out: for every
 * sentence of the contract that can be observed from outside whether it holds. Knows no store and nothing of the SDK's
 * insides: a provider in any language is tried the same way, over its socket.
 *
 * <p>{@link io.dso.provider.tck.Kit} runs {@link io.dso.provider.tck.Check}s, which are declared by subject in the
 * classes {@code …Checks}; {@code Bench} keeps the processes they try. Tests in Java have them as the JUnit suite
 * {@link io.dso.provider.tck.ProviderContract}, and start their own process by {@link io.dso.provider.tck.JavaProvider}.
 */
@NullMarked
package io.dso.provider.tck;

import org.jspecify.annotations.NullMarked;
