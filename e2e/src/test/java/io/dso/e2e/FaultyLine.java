package io.dso.e2e;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Random;

/** A line between the agent and a provider's server, clean until it is spoilt. */
final class FaultyLine {
    /** What comes out of it on the agent's side. */
    enum Quality {
        CLEAN,
        /** 64 KiB of anything instead, and then the end. */
        GARBAGE,
        /** A byte ten times a second. */
        TRICKLE,
        /** Nothing arrives. */
        SILENT
    }

    private final Path outer;
    private final Path inner;
    private volatile Quality quality = Quality.CLEAN;

    FaultyLine(Path outer, Path inner) {
        this.outer = outer;
        this.inner = inner;
    }

    void spoil(Quality to) {
        quality = to;
    }

    void start() throws IOException {
        var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(outer));
        Thread.ofPlatform().daemon().start(() -> accept(listener));
    }

    private void accept(ServerSocketChannel listener) {
        try {
            while (true) {
                var agent = listener.accept();
                var server = SocketChannel.open(UnixDomainSocketAddress.of(inner));
                Thread.ofPlatform().daemon().start(() -> copy(agent, server));
                Thread.ofPlatform().daemon().start(() -> deliver(server, agent));
            }
        } catch (IOException e) {
            System.exit(1);
        }
    }

    private static void copy(SocketChannel from, SocketChannel to) {
        var buffer = ByteBuffer.allocate(65536);
        try (from;
                to) {
            while (from.read(buffer) >= 0) {
                write(to, buffer.flip());
                buffer.clear();
            }
        } catch (IOException e) {
            // One of the two is gone.
        }
    }

    private void deliver(SocketChannel server, SocketChannel agent) {
        var buffer = ByteBuffer.allocate(65536);
        try (server;
                agent) {
            while (server.read(buffer) >= 0) {
                buffer.flip();
                switch (quality) {
                    case CLEAN -> write(agent, buffer);
                    case GARBAGE -> {
                        var garbage = new byte[65536];
                        new Random(7).nextBytes(garbage);
                        write(agent, ByteBuffer.wrap(garbage));
                        return;
                    }
                    case TRICKLE -> trickle(agent, buffer);
                    case SILENT -> {}
                }
                buffer.clear();
            }
        } catch (IOException e) {
            // One of the two is gone.
        }
    }

    private static void trickle(SocketChannel to, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            write(to, buffer.slice(buffer.position(), 1));
            buffer.position(buffer.position() + 1);
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void write(SocketChannel to, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            to.write(buffer);
        }
    }
}
