package io.dso.agent.socket;

import io.dso.transport.Peer;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells by a connection's first bytes what it speaks, and makes the pipeline that understands it. HTTP/2 begins with a
 * fixed preface, which no request of HTTP/1.1 shares more than a few bytes with; a connection counts as HTTP/2 once the
 * whole of it is there, so that half a preface is silence.
 *
 * <p>gRPC puts this in front of its own handler, which waits for an event of its protocol negotiation:
 *
 * <ol>
 *   <li>the event comes when the connection is registered, and is kept;
 *   <li>HTTP/2: gRPC's handler follows, gets the event with the peer in its attributes, and then the bytes;
 *   <li>HTTP/1.1: what gRPC put behind this is taken out, and Docker's protocol put in.
 * </ol>
 */
final class FirstBytes extends ByteToMessageDecoder {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Door door;
    private final Reception reception;
    private final GrpcHttp2ConnectionHandler grpc;
    private @Nullable ProtocolNegotiationEvent negotiation;
    private @Nullable Peer peer;

    FirstBytes(Door door, Reception reception, GrpcHttp2ConnectionHandler grpc) {
        this.door = door;
        this.reception = reception;
        this.grpc = grpc;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ProtocolNegotiationEvent begin) { // 1
            negotiation = begin;
            peer = Peer.of(context.channel());
            reception.arrived(context.channel());
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        var who = peer;
        var begin = negotiation;
        if (who == null || begin == null) {
            throw new IllegalStateException("bytes before the negotiation began");
        }
        int same = sharedWithPreface(in);
        if (same == PREFACE.length) {
            http2(context, begin, who);
        } else if (same < in.readableBytes()) {
            http1(context, who);
        }
    }

    private static int sharedWithPreface(ByteBuf in) {
        int same = 0;
        while (same < Math.min(PREFACE.length, in.readableBytes())
                && in.getByte(in.readerIndex() + same) == PREFACE[same]) {
            same++;
        }
        return same;
    }

    private void http2(ChannelHandlerContext context, ProtocolNegotiationEvent begin, Peer who) { // 2
        if (!door.opensTo(who) || !reception.spoke(context.channel())) {
            close(context);
            return;
        }
        var attributes = InternalProtocolNegotiationEvent.getAttributes(begin).toBuilder()
                .set(Peer.ATTRIBUTE, who)
                .build();
        context.pipeline().addAfter(context.name(), null, InternalProtocolNegotiators.grpcNegotiationHandler(grpc));
        context.fireUserEventTriggered(InternalProtocolNegotiationEvent.withAttributes(begin, attributes));
        context.pipeline().remove(this);
    }

    private void http1(ChannelHandlerContext context, Peer who) { // 3
        if (!(door instanceof Door.Driver(var plugin, var _)) || !reception.spoke(context.channel())) {
            close(context);
            return;
        }
        while (context.pipeline().last() != this) {
            context.pipeline().removeLast();
        }
        if (door.opensTo(who)) {
            PluginConnection.follow(context.pipeline(), plugin, who, reception.patience());
        } else {
            PluginConnection.refuse(context, who);
        }
        context.pipeline().remove(this);
    }

    private static void close(ChannelHandlerContext context) {
        context.channel().config().setAutoRead(false);
        context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // A connection that broke before it said anything is nobody's concern.
    }
}
