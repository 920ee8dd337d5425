/**
 * Unix domain sockets between DSO's processes. In: a path and who may connect. Out: gRPC channels and servers that know
 * the peer of every call. What is said over them is left to others; so is a second protocol on the same socket, for
 * which {@link io.dso.transport.SocketClaim} and {@link io.dso.transport.Peer} can be used alone.
 */
@NullMarked
package io.dso.transport;

import org.jspecify.annotations.NullMarked;
