package io.dso.transport;

import java.util.logging.Level;
import java.util.logging.Logger;

/** gRPC asks for SO_KEEPALIVE, which a Unix socket doesn't have, and Netty warns about it for every connection. */
final class NettyLog {
    /** Kept, because a logger that nobody refers to forgets its level. */
    private static final Logger BOOTSTRAP = Logger.getLogger("io.netty.bootstrap");

    static void silenceKeepAlive() {
        BOOTSTRAP.setLevel(Level.SEVERE);
    }

    private NettyLog() {}
}
