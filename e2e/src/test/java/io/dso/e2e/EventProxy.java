package io.dso.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between an agent and its engine; can keep the engine's events from it, and add some that never happened. */
final class EventProxy implements AutoCloseable {
    private final Path socket;
    private final Path engine;
    private final ServerSocketChannel server;
    private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    /** A stream of events on its way to the agent. */
    private static final class Stream {
        private final SocketChannel agent;
        /** Not within a chunk of HTTP's, so that another may follow. */
        private boolean between;

        private Stream(SocketChannel agent) {
            this.agent = agent;
        }

        private synchronized void write(ByteBuffer bytes) throws IOException {
            between = bytes.remaining() > 1
                    && bytes.get(bytes.limit() - 2) == '\r'
                    && bytes.get(bytes.limit() - 1) == '\n';
            while (bytes.hasRemaining()) {
                agent.write(bytes);
            }
        }

        private synchronized void add(String event) throws IOException {
            if (between) {
                var chunk = "%x\r\n%s\r\n".formatted(event.getBytes(UTF_8).length, event);
                write(ByteBuffer.wrap(chunk.getBytes(UTF_8)));
            }
        }
    }

    /**
     * Listens.
     *
     * @param engine the engine's own socket
     */
    EventProxy(Path socket, Path engine) {
        this.socket = socket;
        this.engine = engine;
        try {
            Files.createDirectories(socket.getParent());
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    String host() {
        return "unix://" + socket;
    }

    /** From now on no event comes through, and every stream of them is ended at once. */
    void cut() {
        cut = true;
        streams.forEach(stream -> close(stream.agent));
    }

    void restore() {
        cut = false;
    }

    /** Tells the agent of something that never happened. False if it doesn't listen. */
    boolean say(String event) {
        for (var stream : streams) {
            try {
                stream.add(event);
                return true;
            } catch (IOException e) {
                close(stream.agent);
            }
        }
        return false;
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
            var first = ByteBuffer.allocate(8192);
            if (agent.read(first) <= 0) {
                return;
            }
            first.flip();
            var line = new String(first.array(), 0, first.limit(), US_ASCII)
                    .lines()
                    .findFirst()
                    .orElse("");
            boolean events = line.contains("/events?") && !line.contains("until=");
            if (events && cut) {
                return;
            }
            to.write(first);
            var back = new Stream(agent);
            if (events) {
                streams.add(back);
            }
            var out = Thread.ofVirtual().start(() -> {
                pump(to, back);
                close(agent);
            });
            pump(agent, new Stream(to));
            close(to);
            out.join();
            streams.remove(back);
        } catch (IOException e) {
            // One side is gone, and so is the other.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pump(SocketChannel from, Stream to) {
        var buffer = ByteBuffer.allocate(65_536);
        try {
            while (from.read(buffer) >= 0) {
                to.write(buffer.flip());
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
            cut();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
