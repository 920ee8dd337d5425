package io.dso.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between an agent and its engine, and counts what the agent asks. */
final class EngineCalls implements AutoCloseable {
    private final Path socket;
    private final Path engine;
    private final ServerSocketChannel server;
    private final AtomicInteger calls = new AtomicInteger();

    EngineCalls(Path socket, Path engine) {
        this.socket = socket;
        this.engine = engine;
        try {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket), 128);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    Path socket() {
        return socket;
    }

    /** How many there were since the last time. */
    int taken() {
        return calls.getAndSet(0);
    }

    private void accept() {
        try {
            while (true) {
                var agent = server.accept();
                Thread.ofVirtual().start(() -> serve(agent));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(SocketChannel agent) {
        try (agent;
                var to = SocketChannel.open(UnixDomainSocketAddress.of(engine))) {
            var back = Thread.ofVirtual().start(() -> {
                pump(to, agent, new AtomicInteger());
                close(agent);
            });
            pump(agent, to, calls);
            close(to);
            back.join();
        } catch (IOException e) {
            // One side is gone, and so is the other.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A request has one line that ends like this; those of this client come in one piece. */
    private static void pump(SocketChannel from, SocketChannel to, AtomicInteger requests) {
        var buffer = ByteBuffer.allocate(65_536);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                var text = new String(buffer.array(), 0, buffer.limit(), ISO_8859_1);
                requests.addAndGet(text.split(" HTTP/1\\.1\r\n", -1).length - 1);
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
        } catch (IOException e) {
            // As above.
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
