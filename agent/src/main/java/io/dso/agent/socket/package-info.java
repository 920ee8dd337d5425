/**
 * Neighbour: whoever connects. In: two Unix socket paths. Out: volume calls to a {@link
 * io.dso.agent.socket.PluginEndpoint}, control calls to gRPC services, each with the peer that the kernel vouches for.
 * What the calls mean is left to {@code volume} and {@code control}.
 */
@NullMarked
package io.dso.agent.socket;

import org.jspecify.annotations.NullMarked;
