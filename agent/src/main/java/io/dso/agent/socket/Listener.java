package io.dso.agent.socket;

import io.dso.transport.Peer;
import io.dso.transport.SocketClaim;
import io.dso.transport.UnixChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** One listening socket. */
final class Listener {
    private static final Logger LOG = Logger.getLogger(Listener.class);
    /** Members may use the control API. */
    private static final String GROUP = "dso";

    private final Path socket;
    private final SocketClaim claim;
    private final Server server;

    private Listener(Path socket, SocketClaim claim, Server server) {
        this.socket = socket;
        this.claim = claim;
        this.server = server;
    }

    /** What both listeners have in common. */
    record Shared(EventLoopGroup loop, List<ServerServiceDefinition> services, Duration patience) {}

    /** The file's mode is decoration: every peer is checked. */
    static Listener driver(Path socket, SocketClaim claim, PluginEndpoint plugin, Shared shared) throws IOException {
        var door = new Door.Driver(plugin, Peer.self().uid());
        return new Listener(socket, claim, listen(socket, door, shared, Listener::keepToOwner));
    }

    /**
     * The file's mode and group decide who gets in. So the socket is made where nobody else can reach it, and moved to
     * its place when mode and group are right.
     */
    static Listener control(Path socket, SocketClaim claim, Shared shared) throws IOException {
        var nursery = Files.createTempDirectory(socket.resolveSibling(""), ".s"); // mode 0700
        var made = nursery.resolve("s");
        try {
            var server = listen(made, new Door.Control(), shared, Listener::openToGroup);
            Files.move(made, socket, StandardCopyOption.ATOMIC_MOVE);
            return new Listener(socket, claim, server);
        } finally {
            Files.deleteIfExists(made);
            Files.delete(nursery);
        }
    }

    private interface Access {
        void set(Path socket) throws IOException;
    }

    private static void keepToOwner(Path socket) throws IOException {
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    }

    private static void openToGroup(Path socket) throws IOException {
        keepToOwner(socket);
        try {
            var group = socket.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(GROUP);
            Files.getFileAttributeView(socket, PosixFileAttributeView.class).setGroup(group);
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
        } catch (UserPrincipalNotFoundException e) {
            LOG.debugf("there is no group %s, the control socket is for its owner alone", GROUP);
        } catch (FileSystemException e) {
            LOG.warnf("the control socket can't be given to the group %s, it is for its owner alone: %s", GROUP, e);
        }
    }

    private static Server listen(Path socket, Door door, Shared shared, Access access) throws IOException {
        var server = server(socket, door, shared).start();
        try {
            access.set(socket);
            return server;
        } catch (IOException | RuntimeException e) {
            server.shutdownNow();
            throw e;
        }
    }

    private static Server server(Path socket, Door door, Shared shared) {
        var credentials = InternalNettyServerCredentials.create(new Negotiator(door, shared.patience()));
        return NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket), credentials)
                .channelFactory(Listener::channel)
                .bossEventLoopGroup(shared.loop())
                .workerEventLoopGroup(shared.loop())
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .maxInboundMessageSize(UnixChannel.MAX_MESSAGE_BYTES)
                .maxConcurrentCallsPerConnection(128)
                .maxConnectionIdle(5, TimeUnit.MINUTES)
                .addServices(shared.services())
                .intercept(Peer.interceptor())
                .build();
    }

    private static NioServerDomainSocketChannel channel() {
        try {
            return new NioServerDomainSocketChannel(ServerSocketChannel.open(StandardProtocolFamily.UNIX));
        } catch (IOException e) {
            throw new UncheckedIOException("no socket can be opened", e);
        }
    }

    boolean listening() {
        return !server.isShutdown() && Files.exists(socket);
    }

    /** Takes the socket file away, and no more connections or calls; those under way go on. */
    void stop() {
        if (server.isShutdown()) {
            return;
        }
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            LOG.warnf("socket %s can't be removed: %s", socket, e);
        }
        server.shutdown();
    }

    /** Stops, waits for calls under way, and only then lets another process have the path. */
    void close(Duration grace) {
        stop();
        try {
            if (!server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        try {
            claim.close();
        } catch (IOException e) {
            LOG.warnf("the claim on socket %s can't be given up: %s", socket, e);
        }
    }

    /** Puts {@link FirstBytes} in front of each connection. */
    private static final class Negotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
        private final Door door;
        private final Reception reception;

        Negotiator(Door door, Duration patience) {
            this.door = door;
            this.reception = new Reception(door.capacity(), patience);
        }

        @Override
        public AsciiString scheme() {
            return AsciiString.of("http");
        }

        @Override
        public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
            return new FirstBytes(door, reception, grpc);
        }

        @Override
        public void close() {}
    }
}
