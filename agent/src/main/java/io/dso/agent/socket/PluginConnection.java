package io.dso.agent.socket;

import static io.dso.agent.problem.ProblemId.PEER_REFUSED;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dso.agent.problem.Problem;
import io.dso.transport.Peer;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Docker's plugin protocol on one connection: POST requests with JSON, one after the other, each answered on a virtual
 * thread of its own.
 *
 * <ol>
 *   <li>A request has to be whole some seconds after its first byte; between requests there is no limit,
 *       because Docker keeps connections open.
 *   <li>While one is answered nothing more is read.
 *   <li>Closing the connection waits for the answer, so that an orderly stop doesn't cut a mount.
 * </ol>
 */
final class PluginConnection extends ChannelDuplexHandler {
    static final int MAX_BODY = 1 << 20;
    private static final String CONTENT_TYPE = "application/vnd.docker.plugins.v1.1+json";
    private static final Logger LOG = Logger.getLogger(PluginConnection.class);

    private final PluginEndpoint plugin;
    private final Peer peer;
    private final RequestClock clock;
    private boolean answering;
    private @Nullable ChannelPromise closing;

    private PluginConnection(PluginEndpoint plugin, Peer peer, RequestClock clock) {
        this.plugin = plugin;
        this.peer = peer;
        this.clock = clock;
    }

    /** Adds what understands the protocol to the end of the pipeline. */
    static void follow(ChannelPipeline pipeline, PluginEndpoint plugin, Peer peer, Duration patience) {
        var clock = new RequestClock(patience);
        pipeline.addLast(clock)
                .addLast(new HttpServerCodec(4096, 8192, 8192))
                .addLast(new FlowControlHandler())
                .addLast(new HttpObjectAggregator(MAX_BODY))
                .addLast(new PluginConnection(plugin, peer, clock));
    }

    /** Answers that the peer may not use the driver, whatever it asked, and closes the connection. */
    static void refuse(ChannelHandlerContext context, Peer peer) {
        var problem = new Problem(
                PEER_REFUSED, "only root may use the volume driver, not uid " + peer.uid(), "", "go through Docker");
        var body = error(problem.line());
        var head = "HTTP/1.1 403 Forbidden\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                .formatted(CONTENT_TYPE, body.length);
        context.channel().config().setAutoRead(false);
        context.writeAndFlush(Unpooled.wrappedBuffer(head.getBytes(StandardCharsets.US_ASCII), body))
                .addListener(ChannelFutureListener.CLOSE);
    }

    private static byte[] error(String text) {
        return JsonNodeFactory.instance.objectNode().put("Err", text).toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var request = (FullHttpRequest) message;
        try {
            clock.stop(); // 1
            if (request.decoderResult().isFailure()) {
                reply(context, HttpResponseStatus.BAD_REQUEST, error("not a request of HTTP/1.1"), Then.CLOSE);
                return;
            }
            var then = HttpUtil.isKeepAlive(request) ? Then.GO_ON : Then.CLOSE;
            if (!request.method().equals(HttpMethod.POST)) {
                reply(context, HttpResponseStatus.METHOD_NOT_ALLOWED, error("only POST is answered"), then);
                return;
            }
            answer(context, request.uri(), ByteBufUtil.getBytes(request.content()), then);
        } finally {
            request.release();
        }
    }

    /** What becomes of the connection after an answer. */
    private enum Then {
        GO_ON,
        CLOSE
    }

    private void answer(ChannelHandlerContext context, String path, byte[] body, Then then) {
        answering = true;
        context.channel().config().setAutoRead(false); // 2
        Thread.ofVirtual().name("plugin-call").start(() -> {
            var status = HttpResponseStatus.OK;
            byte[] answer;
            try {
                answer = plugin.answer(path, body, peer);
            } catch (RuntimeException | Error e) { // The caller must hear something, or the engine waits for long.
                LOG.errorf(e, "volume call failed path=%s", path);
                status = HttpResponseStatus.INTERNAL_SERVER_ERROR;
                answer = error("internal error in the agent, see its log");
            }
            var outcome = status;
            var bytes = answer;
            try {
                context.executor().execute(() -> answered(context, outcome, bytes, then));
            } catch (RejectedExecutionException e) {
                LOG.infof("volume call was cut by the end of the agent path=%s", path);
            }
        });
    }

    private void answered(ChannelHandlerContext context, HttpResponseStatus status, byte[] body, Then then) {
        answering = false;
        var last = closing;
        reply(context, status, body, last == null ? then : Then.CLOSE);
        if (last != null) {
            context.close(last); // 3
        } else {
            context.channel().config().setAutoRead(true);
        }
    }

    private static void reply(ChannelHandlerContext context, HttpResponseStatus status, byte[] body, Then then) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, CONTENT_TYPE);
        HttpUtil.setContentLength(response, body.length);
        HttpUtil.setKeepAlive(response, then == Then.GO_ON);
        var written = context.writeAndFlush(response);
        if (then == Then.CLOSE) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (answering) {
            closing = promise;
        } else {
            context.close(promise);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debugf(cause, "plugin connection broke");
        context.close();
    }

    /** Closes a connection on which a request began that doesn't end. */
    private static final class RequestClock extends ChannelInboundHandlerAdapter {
        private final Duration patience;
        private @Nullable Future<?> running;

        RequestClock(Duration patience) {
            this.patience = patience;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (running == null) {
                running = context.executor()
                        .schedule(() -> context.channel().close(), patience.toMillis(), TimeUnit.MILLISECONDS);
            }
            context.fireChannelRead(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            stop();
            context.fireChannelInactive();
        }

        /** The request is whole. */
        void stop() {
            if (running != null) {
                running.cancel(false);
                running = null;
            }
        }
    }
}
