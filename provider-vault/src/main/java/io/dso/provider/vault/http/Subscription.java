package io.dso.provider.vault.http;

import io.dso.provider.vault.http.HttpException.Kind;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.timeout.IdleStateEvent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A WebSocket that we only listen to. Its state belongs to the channel's event loop. */
final class Subscription extends SimpleChannelInboundHandler<TextWebSocketFrame> {
    private final Runnable begun;
    private final Consumer<String> message;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private boolean asked;

    /**
     * Not begun yet.
     *
     * @param begun told when the server agreed; neither this nor {@code message} may block
     */
    Subscription(Runnable begun, Consumer<String> message) {
        super(TextWebSocketFrame.class);
        this.begun = begun;
        this.message = message;
    }

    /** Always fails in the end, with an {@link HttpException}. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, TextWebSocketFrame frame) {
        asked = false;
        message.accept(frame.content().toString(StandardCharsets.UTF_8));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
            begun.run();
        } else if (event == ClientHandshakeStateEvent.HANDSHAKE_TIMEOUT) {
            end(context, new HttpException(Kind.LATE, "the server doesn't answer to a subscription"));
        } else if (event instanceof IdleStateEvent && asked) {
            end(context, new HttpException(Kind.LATE, "the server is silent"));
        } else if (event instanceof IdleStateEvent) {
            asked = true;
            context.writeAndFlush(new PingWebSocketFrame());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end(context, new HttpException(Kind.BROKEN, "the server ended the subscription"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        end(context, failure(cause));
    }

    private static HttpException failure(Throwable cause) {
        @Nullable Throwable each = cause;
        for (; each != null; each = each.getCause()) {
            if (each instanceof WebSocketClientHandshakeException) {
                return new HttpException(Kind.REFUSED, "the server refuses the subscription", cause);
            }
        }
        return new HttpException(Kind.BROKEN, Reason.of(cause), cause);
    }

    private void end(ChannelHandlerContext context, HttpException why) {
        ended.completeExceptionally(why);
        context.close();
    }
}
