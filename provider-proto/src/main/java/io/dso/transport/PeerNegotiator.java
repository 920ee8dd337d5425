package io.dso.transport;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AsciiString;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Lets a connection in, with its {@link Peer} as an attribute, or closes it before a byte of it is read. */
final class PeerNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
    private final Predicate<Peer> accepted;
    private final Side side;

    /** At which end of connections we are. */
    enum Side {
        SERVER,
        /** Has to wait for the connection to be there. */
        CLIENT
    }

    PeerNegotiator(Predicate<Peer> accepted, Side side) {
        this.accepted = accepted;
        this.side = side;
    }

    @Override
    public AsciiString scheme() {
        return AsciiString.of("http");
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
        return switch (side) {
            case SERVER -> check(grpc);
            case CLIENT -> InternalProtocolNegotiators.waitUntilActiveHandler(check(grpc), grpc.getNegotiationLogger());
        };
    }

    private ChannelHandler check(GrpcHttp2ConnectionHandler grpc) {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext context, Object event) {
                if (!(event instanceof ProtocolNegotiationEvent begin)) {
                    context.fireUserEventTriggered(event);
                    return;
                }
                var peer = peer(context.channel());
                if (peer == null || !accepted.test(peer)) {
                    context.close();
                    return;
                }
                var attributes = InternalProtocolNegotiationEvent.getAttributes(begin).toBuilder()
                        .set(Peer.ATTRIBUTE, peer)
                        .build();
                context.pipeline()
                        .addAfter(context.name(), null, InternalProtocolNegotiators.grpcNegotiationHandler(grpc));
                context.fireUserEventTriggered(InternalProtocolNegotiationEvent.withAttributes(begin, attributes));
                context.pipeline().remove(this);
            }
        };
    }

    /** Nothing for a connection that is closed already. */
    private static @Nullable Peer peer(Channel channel) {
        try {
            return Peer.of(channel);
        } catch (IllegalStateException e) {
            return null;
        }
    }

    @Override
    public void close() {}
}
