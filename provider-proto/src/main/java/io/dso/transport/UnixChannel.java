package io.dso.transport;

import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.netty.InternalNettyChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A gRPC channel to a Unix domain socket, with a daemon thread of its own. It connects at the first call and stays
 * connected; while nobody listens, calls fail at once with UNAVAILABLE. Calls are not retried and requests not kept for
 * that.
 */
public final class UnixChannel implements AutoCloseable {
    /** The most bytes a message may have, either way. */
    public static final int MAX_MESSAGE_BYTES = 4 << 20;

    /** What comes is no larger than what was sent: nothing to gain on a local socket, and no bombs. */
    private static final DecompressorRegistry UNCOMPRESSED =
            DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false);

    private final EventLoopGroup loop;
    private final ManagedChannel channel;

    private UnixChannel(EventLoopGroup loop, ManagedChannel channel) {
        this.loop = loop;
        this.channel = channel;
    }

    /** Opens a channel to whoever listens there; doesn't connect yet. */
    public static UnixChannel to(Path socket) {
        return to(socket, listener -> true);
    }

    /**
     * Opens a channel; doesn't connect yet.
     *
     * @param listener who may listen there, by what the kernel noted when they began to; to others nothing is said
     */
    public static UnixChannel to(Path socket, Predicate<Peer> listener) {
        NettyLog.silenceKeepAlive();
        var loop = new NioEventLoopGroup(1, new DefaultThreadFactory("dso-channel", true));
        var builder = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelFactory(UnixChannel::open)
                .eventLoopGroup(loop)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .overrideAuthority("localhost")
                .proxyDetector(address -> null)
                .disableServiceConfigLookUp()
                .disableRetry()
                .idleTimeout(365, TimeUnit.DAYS)
                .decompressorRegistry(UNCOMPRESSED)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .usePlaintext();
        InternalNettyChannelBuilder.ProtocolNegotiatorFactory negotiator =
                () -> new PeerNegotiator(listener, PeerNegotiator.Side.CLIENT);
        InternalNettyChannelBuilder.setProtocolNegotiatorFactory(builder, negotiator);
        return new UnixChannel(loop, builder.build());
    }

    /** What stubs are made on. */
    public ManagedChannel grpc() {
        return channel;
    }

    private static NioDomainSocketChannel open() {
        try {
            return new NioDomainSocketChannel(SocketChannel.open(StandardProtocolFamily.UNIX));
        } catch (IOException e) {
            throw new UncheckedIOException("no socket can be opened", e);
        }
    }

    /** Ends all calls and the connection. Idempotent. */
    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // With a quiet period: callers that only now hear of the end still cancel their calls on it, or gRPC
            // complains.
            loop.shutdownGracefully();
        }
    }
}
