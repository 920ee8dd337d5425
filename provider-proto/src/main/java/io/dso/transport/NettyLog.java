package io.dso.transport;

import java.util.logging.Level;
import java.util.logging.Logger;

/** What the libraries say about each connection, and nobody needs to read. */
public final class NettyLog {
    /** Kept, because loggers that nobody refers to forget their level. */
    private static final Logger BOOTSTRAP = Logger.getLogger("io.netty.bootstrap");

    private static final Logger METRICS = Logger.getLogger("io.grpc.netty.TcpMetrics");

    private static final Logger CONNECTIONS = Logger.getLogger("io.grpc.netty.NettyServerTransport");

    /**
     * gRPC asks for SO_KEEPALIVE, which a Unix socket doesn't have, and Netty warns each time; gRPC also tells that it
     * can't measure TCP here. Idempotent.
     */
    public static void silenceKeepAlive() {
        BOOTSTRAP.setLevel(Level.SEVERE);
        METRICS.setLevel(Level.WARNING);
    }

    /** A client that breaks off or sends garbage is no news, least of all with a stack trace each time. Idempotent. */
    public static void silenceBrokenConnections() {
        CONNECTIONS.setLevel(Level.WARNING);
    }

    private NettyLog() {}
}
