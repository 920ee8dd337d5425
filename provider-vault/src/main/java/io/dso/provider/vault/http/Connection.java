package io.dso.provider.vault.http;

import io.dso.provider.vault.http.HttpException.Kind;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One connection, one request at a time. Its state belongs to the channel's event loop. */
final class Connection extends SimpleChannelInboundHandler<HttpObject> {
    private final Channel channel;

    private @Nullable CompletableFuture<Reply> waiting;
    private @Nullable HttpResponse head;
    private WipedBuffer body = new WipedBuffer(0);

    Connection(Channel channel) {
        this.channel = channel;
    }

    boolean isOpen() {
        return channel.isActive();
    }

    void close() {
        channel.close();
    }

    /** Sends and waits. After anything but an answer the connection is closed. */
    Reply exchange(Request request, String authority, Map<String, CharSequence> headers, Duration timeout)
            throws HttpException, InterruptedException {
        var answer = new CompletableFuture<Reply>();
        channel.eventLoop().execute(() -> {
            waiting = answer;
            head = null;
            body = new WipedBuffer(request.limit());
            try {
                send(request, authority, headers);
            } catch (IllegalArgumentException e) {
                fail(new HttpException(Kind.BROKEN, "the request can't be sent: a header or the path is malformed", e));
            }
        });
        try {
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HttpException failure) {
                throw failure;
            }
            throw new HttpException(Kind.BROKEN, "the connection failed", e);
        } catch (TimeoutException e) {
            abandon(answer);
            throw new HttpException(Kind.LATE, "no answer within " + timeout.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            abandon(answer);
            throw e;
        }
    }

    /** Nobody takes the answer any more: if it comes at the last moment, it is wiped. */
    private void abandon(CompletableFuture<Reply> answer) {
        channel.close();
        answer.whenComplete((reply, _) -> {
            if (reply != null) {
                reply.close();
            }
        });
    }

    private void send(Request request, String authority, Map<String, CharSequence> headers) {
        var message = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.valueOf(request.method().name()),
                request.path(),
                Unpooled.wrappedBuffer(request.body()));
        message.headers().set(HttpHeaderNames.HOST, authority);
        headers.forEach((name, value) -> message.headers().set(name, value));
        if (request.method() == Request.Method.POST) {
            message.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
            HttpUtil.setContentLength(message, request.body().length);
        }
        channel.writeAndFlush(message).addListener(written -> {
            if (!written.isSuccess()) {
                fail(new HttpException(
                        Kind.BROKEN_BEFORE_ANSWER, "the connection broke while asking", written.cause()));
            }
        });
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        if (part.decoderResult().isFailure()) {
            fail(new HttpException(Kind.BROKEN, "the answer is not HTTP"));
            return;
        }
        if (part instanceof HttpResponse response) {
            head = response;
        }
        if (part instanceof HttpContent content && !body.take(content.content())) {
            fail(new HttpException(Kind.TOO_LONG, "the answer is too long"));
        } else if (part instanceof LastHttpContent && isFinal()) {
            complete();
        }
    }

    /** Answers of the 1xx kind announce another. */
    private boolean isFinal() {
        return head != null && head.status().code() >= 200;
    }

    private void complete() {
        var response = head;
        var answer = waiting;
        if (response == null || answer == null) {
            channel.close(); // nobody asked
            return;
        }
        if (!HttpUtil.isKeepAlive(response)) {
            channel.close();
        }
        waiting = null;
        var reply = new Reply(
                response.status().code(), response.headers().get(HttpHeaderNames.RETRY_AFTER, ""), body.drain());
        if (!answer.complete(reply)) {
            reply.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(
                head == null
                        ? new HttpException(Kind.BROKEN_BEFORE_ANSWER, "the server closed the connection")
                        : new HttpException(Kind.BROKEN, "the server closed the connection within its answer"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(new HttpException(Kind.BROKEN, Reason.of(cause), cause));
    }

    private void fail(HttpException why) {
        body.wipe();
        var answer = waiting;
        waiting = null;
        if (answer != null) {
            answer.completeExceptionally(why);
        }
        channel.close();
    }
}
