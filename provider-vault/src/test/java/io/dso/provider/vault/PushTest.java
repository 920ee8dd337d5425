package io.dso.provider.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.sdk.Changes;
import io.dso.provider.sdk.Description;
import io.dso.provider.sdk.ProviderConfig;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Push: a server that speaks of changes on a WebSocket, in the form that Vault's documentation shows, and one that doesn't. */
class PushTest {
    private static final SecretName DB = new SecretName("kv/shop/db", "password");
    private static final SecretName API = new SecretName("kv/shop/api", "");

    @TempDir
    Path directory;

    private final BlockingQueue<Object> reports = new LinkedBlockingQueue<>();
    private final BlockingQueue<Channel> listeners = new LinkedBlockingQueue<>();
    private final NioEventLoopGroup loop = new NioEventLoopGroup(1);
    private Scripted server;
    private Channel door;
    private @Nullable VaultStore store;
    private @Nullable Thread watcher;

    @BeforeEach
    void start() throws IOException {
        server = new Scripted();
        door = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        new HttpObjectAggregator(65536),
                                        new WebSocketServerProtocolHandler(
                                                "/v1/sys/events/subscribe/kv*", null, false, 65536, false, true),
                                        new Listener());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    private final class Listener extends SimpleChannelInboundHandler<TextWebSocketFrame> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, TextWebSocketFrame frame) {}

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
                listeners.add(context.channel());
            }
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (watcher != null) {
            watcher.interrupt();
            watcher.join();
        }
        if (store != null) {
            store.close();
        }
        server.close();
        door.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private void watch(String address) throws IOException {
        var token = directory.resolve("token");
        Files.writeString(token, "s.1");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        var opened = Main.open(
                ProviderConfig.parse(
                        "{\"address\":\"%s\",\"push\":true,\"auth\":{\"method\":\"token\",\"token-file\":\"%s\"}}"
                                .formatted(address, token)),
                InstantSource.system());
        store = opened;
        assertThat(opened.describe().abilities()).contains(Description.Ability.WATCH);
        watcher = Thread.ofVirtual().start(() -> {
            try {
                opened.watch(List.of(DB, API), new Changes() {
                    @Override
                    public void armed() {
                        reports.add("armed");
                    }

                    @Override
                    public void changed(Collection<SecretName> names) {
                        reports.add(List.copyOf(names));
                    }
                });
            } catch (StoreException e) {
                reports.add(e.failure().kind());
            } catch (InterruptedException e) {
                reports.add("interrupted");
            }
        });
    }

    private Object report() throws InterruptedException {
        var report = reports.poll(10, TimeUnit.SECONDS);
        return report == null ? "nothing" : report;
    }

    private static String event(String path) {
        return """
                {"id":"1","source":"https://vault.example:8200","specversion":"1.0","type":"*","data":{"event":{"id":"1","metadata":
                {"current_version":"2","data_path":"%1$s","modified":"true","operation":"data-write","path":"%1$s"}},
                "event_type":"kv-v2/data-write","plugin_info":{"mount_path":"kv/","plugin":"kv"}},"time":"2026-01-01T00:00:00Z"}
                """.formatted(path);
    }

    @Test
    void a_server_without_events_is_polled_without_a_word() throws Exception {
        server.on("GET /sys/events/subscribe", 404, "{'errors':['unsupported path']}");

        watch(server.address());

        Program.await("it was asked", () -> server.count("GET /sys/events/subscribe/kv*") == 1);
        assertThat(reports.poll(300, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void what_the_server_tells_is_reported_and_nothing_else() throws Exception {
        try (var front = new Front(server, (InetSocketAddress) door.localAddress())) {
            watch(front.address());
            assertThat(report()).isEqualTo("armed");
            var listener = listeners.take();

            listener.writeAndFlush(new TextWebSocketFrame("no event"));
            listener.writeAndFlush(new TextWebSocketFrame(event("kv/data/other")));
            listener.writeAndFlush(new TextWebSocketFrame(event("kv/data/shop/db")));
            assertThat(report()).isEqualTo(List.of(DB));
            listener.writeAndFlush(new TextWebSocketFrame(event("kv/metadata/shop/api")));
            assertThat(report()).isEqualTo(List.of(API));

            listener.close();
            assertThat(report()).hasToString("UNAVAILABLE");
        }
    }
}
