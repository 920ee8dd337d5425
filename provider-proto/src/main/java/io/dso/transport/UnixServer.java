package io.dso.transport;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Serves gRPC on a Unix domain socket, each call on a virtual thread. The peer of a call is in {@link Peer#CONTEXT}.
 * Connections that don't speak HTTP/2 within 5 s are closed.
 */
public final class UnixServer implements AutoCloseable {
    private final SocketClaim claim;
    private final EventLoopGroup loop;
    private final Server server;

    private UnixServer(SocketClaim claim, EventLoopGroup loop, Server server) {
        this.claim = claim;
        this.loop = loop;
        this.server = server;
    }

    /**
     * Where to serve, and whom.
     *
     * @param socket path; its directory exists; at most some 100 bytes, the kernel's limit
     * @param mode permissions of the socket file, as {@code rw-rw----}. It is set just after the socket is made, so
     *     don't rely on it alone: {@code accepted} is asked for every connection
     * @param accepted who may connect; others find the connection closed
     */
    public record Address(Path socket, String mode, Predicate<Peer> accepted) {}

    /**
     * Starts serving.
     *
     * @throws SocketInUseException if another live process listens there
     * @throws IOException if the socket can't be made
     */
    public static UnixServer start(Address address, List<ServerServiceDefinition> services) throws IOException {
        NettyLog.silenceKeepAlive();
        var claim = SocketClaim.of(address.socket());
        var loop = new NioEventLoopGroup(1, new DefaultThreadFactory("dso-server", true));
        try {
            var server = NettyServerBuilder.forAddress(
                            UnixDomainSocketAddress.of(address.socket()),
                            InternalNettyServerCredentials.create(
                                    new PeerNegotiator(address.accepted(), PeerNegotiator.Side.SERVER)))
                    .channelFactory(UnixServer::open)
                    .bossEventLoopGroup(loop)
                    .workerEventLoopGroup(loop)
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .handshakeTimeout(5, TimeUnit.SECONDS)
                    .maxInboundMessageSize(UnixChannel.MAX_MESSAGE_BYTES)
                    .maxConcurrentCallsPerConnection(128)
                    .addServices(services)
                    .intercept(Peer.interceptor())
                    .build()
                    .start();
            Files.setPosixFilePermissions(address.socket(), PosixFilePermissions.fromString(address.mode()));
            return new UnixServer(claim, loop, server);
        } catch (IOException | RuntimeException e) {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            claim.close();
            throw e;
        }
    }

    private static NioServerDomainSocketChannel open() {
        try {
            return new NioServerDomainSocketChannel(ServerSocketChannel.open(StandardProtocolFamily.UNIX));
        } catch (IOException e) {
            throw new UncheckedIOException("no socket can be opened", e);
        }
    }

    /** Like {@link #close(Duration)}, for those who can't wait. */
    @Override
    public void close() throws IOException {
        close(Duration.ZERO);
    }

    /**
     * Stops listening, lets running calls finish, ends those that don't, removes the socket. Idempotent.
     *
     * @param grace how long calls may take
     */
    public void close(Duration grace) throws IOException {
        server.shutdown();
        try {
            if (grace.isZero() || !server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
                server.awaitTermination(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        } finally {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            claim.close();
        }
    }
}
