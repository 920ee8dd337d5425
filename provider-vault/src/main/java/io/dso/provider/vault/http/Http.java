package io.dso.provider.vault.http;

import io.dso.provider.vault.http.HttpException.Kind;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks one server, over connections that are kept while it keeps them. Blocks the caller, who runs on a virtual thread;
 * an interrupted one gives up at once. Thread-safe.
 */
public final class Http implements AutoCloseable {
    private static final int CONNECTIONS = 16;

    /** So long a subscription may say nothing before it is asked whether it lives, and again before it is given up. */
    private static final Duration SILENCE = Duration.ofMinutes(1);

    private final Address address;
    private final Tls tls;
    private final Duration timeout;
    private final EventLoopGroup loop =
            new NioEventLoopGroup(1, Thread.ofPlatform().name("http").daemon().factory());
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final Semaphore connections = new Semaphore(CONNECTIONS);

    /**
     * Connects to nothing yet.
     *
     * @param timeout for a whole exchange, its connection included
     */
    public Http(Address address, Tls tls, Duration timeout) {
        this.address = address;
        this.tls = tls;
        this.timeout = timeout;
    }

    public Address address() {
        return address;
    }

    /**
     * Sends a request and waits for all of the answer, whatever its status.
     *
     * @param headers besides those that HTTP itself needs
     */
    public Reply send(Request request, Map<String, CharSequence> headers) throws HttpException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        if (!connections.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new HttpException(Kind.LATE, "too many requests wait for it");
        }
        try {
            var kept = takeIdle();
            if (kept != null) {
                try {
                    return exchange(kept, request, headers, end);
                } catch (HttpException e) {
                    if (e.kind() != Kind.BROKEN_BEFORE_ANSWER || request.repeat() == Request.Repeat.ONCE) {
                        throw e;
                    } // The server closed a connection it had kept for long enough: any new one will do.
                }
            }
            return exchange(connect(end), request, headers, end);
        } finally {
            connections.release();
        }
    }

    private @Nullable Connection takeIdle() {
        while (true) {
            var connection = idle.pollLast();
            if (connection == null || connection.isOpen()) {
                return connection;
            }
        }
    }

    private Reply exchange(Connection connection, Request request, Map<String, CharSequence> headers, long end)
            throws HttpException, InterruptedException {
        var reply = connection.exchange(request, address.authority(), headers, rest(end));
        if (connection.isOpen()) {
            idle.addLast(connection);
        }
        return reply;
    }

    /**
     * Listens to a WebSocket until it ends, on a connection of its own.
     *
     * @param begun told when the server agreed; neither this nor {@code message} may block
     * @throws HttpException always: the reason of the end
     */
    public void listen(String path, Map<String, CharSequence> headers, Runnable begun, Consumer<String> message)
            throws HttpException, InterruptedException {
        var subscription = new Subscription(begun, message);
        var upgrade = WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri("ws://" + address.authority() + path)
                .customHeaders(all(headers))
                .handshakeTimeoutMillis(timeout.toMillis())
                .maxFramePayloadLength(Request.SMALL)
                .build();
        var channel = open(
                System.nanoTime() + timeout.toNanos(),
                pipeline -> pipeline.addLast(
                        new HttpObjectAggregator(Request.SMALL),
                        new WebSocketClientProtocolHandler(upgrade),
                        new IdleStateHandler(SILENCE.toSeconds(), 0, 0, TimeUnit.SECONDS),
                        subscription));
        try {
            subscription.ended().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof HttpException why
                    ? why
                    : new HttpException(Kind.BROKEN, "the subscription failed", e);
        } finally {
            channel.close();
        }
    }

    private static HttpHeaders all(Map<String, CharSequence> headers) {
        var all = new DefaultHttpHeaders();
        headers.forEach(all::set);
        return all;
    }

    private Connection connect(long end) throws HttpException, InterruptedException {
        var channel = open(end, pipeline -> pipeline.addLast(new Connection(pipeline.channel())));
        return channel.pipeline().get(Connection.class);
    }

    /** Connects. What the caller adds comes behind TLS and HTTP. */
    private Channel open(long end, Consumer<ChannelPipeline> more) throws HttpException, InterruptedException {
        var bootstrap = new Bootstrap()
                .group(loop)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        Math.max(1, rest(end).toMillis()))
                .channelFactory(this::channel)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) throws IOException {
                        prepare(channel);
                        more.accept(channel.pipeline());
                    }
                });
        var connecting = bootstrap.connect(address.resolve());
        try {
            connecting.await();
        } catch (InterruptedException e) {
            connecting.cancel(true);
            connecting.addListener(_ -> connecting.channel().close());
            throw e;
        }
        if (!connecting.isSuccess()) {
            throw unreachable(connecting.cause());
        }
        var channel = connecting.channel();
        awaitTls(channel, end);
        return channel;
    }

    private Channel channel() {
        if (address instanceof Address.Tcp) {
            return new NioSocketChannel();
        }
        try {
            return new NioDomainSocketChannel(SocketChannel.open(StandardProtocolFamily.UNIX));
        } catch (IOException e) {
            throw new UncheckedIOException("no socket can be opened", e);
        }
    }

    private void prepare(Channel channel) throws IOException {
        if (address instanceof Address.Tcp(var host, int port, var wire) && wire == Address.Wire.TLS) {
            channel.pipeline().addLast(new SslHandler(tls.engine(host, port)));
        }
        channel.pipeline().addLast(new HttpClientCodec());
    }

    private void awaitTls(Channel channel, long end) throws HttpException, InterruptedException {
        var handler = channel.pipeline().get(SslHandler.class);
        if (handler == null) {
            return;
        }
        try {
            handler.handshakeFuture().get(rest(end).toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            channel.close();
            throw unreachable(e);
        } catch (TimeoutException e) {
            channel.close();
            throw new HttpException(Kind.LATE, "TLS took longer than " + timeout.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            channel.close();
            throw e;
        }
    }

    private HttpException unreachable(Throwable cause) {
        return cause instanceof ConnectTimeoutException
                ? new HttpException(Kind.LATE, "no connection within " + timeout.toMillis() + " ms", cause)
                : new HttpException(Kind.UNREACHABLE, Reason.of(cause), cause);
    }

    private static Duration rest(long end) {
        return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
    }

    @Override
    public void close() {
        idle.forEach(Connection::close);
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
