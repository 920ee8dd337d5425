package io.dso.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.dso.e2e.RotationCalls.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Stands between an agent and its engine, and spoils one of a rotation's calls. */
final class SpoiltEngine implements AutoCloseable {

    /** What becomes of that call. */
    enum Fault {
        REFUSED("answered with 500"),
        CUT("cut off before the engine sees it"),
        LOST("carried out, and the answer lost"),
        KILLED_BEFORE("kill -9 of the agent before the engine sees it"),
        KILLED_AFTER("kill -9 once it is carried out");

        final String words;

        Fault(String words) {
            this.words = words;
        }

        boolean kills() {
            return this == KILLED_BEFORE || this == KILLED_AFTER;
        }

        /** The engine carries the call out. */
        boolean comesAfter() {
            return this == LOST || this == KILLED_AFTER;
        }
    }

    /** The first line of a request: a client sends none before it has the answer to the last one. */
    private static final Pattern REQUEST =
            Pattern.compile("(GET|HEAD|POST|PUT|DELETE) (?:/v[0-9.]+)?(/\\S*) HTTP/1\\.1");

    private static final String REFUSAL = "{\"message\":\"spoilt by a test\"}";

    private final Path socket;
    private final Path engine;
    private final Runnable kill;
    private final UnaryOperator<String> naming;
    private final ServerSocketChannel server;

    private RotationCalls calls = new RotationCalls();
    private @Nullable Place aim;
    private @Nullable Fault fault;
    private boolean spoilt;
    private long lastCall = System.nanoTime();

    /**
     * Listens.
     *
     * @param engine the engine's own socket
     * @param kill ends the agent, and returns when it has ended
     * @param naming what a call is called, with its method and path: IDs say nothing; empty if it is none of the rotation's
     */
    SpoiltEngine(Path socket, Path engine, Runnable kill, UnaryOperator<String> naming) throws IOException {
        this.socket = socket;
        this.engine = engine;
        this.kill = kill;
        this.naming = naming;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::accept);
    }

    String host() {
        return "unix://" + socket;
    }

    /** A rotation begins, and nothing is spoilt. */
    synchronized void begin() {
        calls = new RotationCalls();
        aim = null;
        fault = null;
        spoilt = false;
    }

    /** A rotation begins, and one of its calls will be spoilt. */
    synchronized void begin(Place place, Fault how) {
        begin();
        aim = place;
        fault = how;
    }

    /** Whether it came. */
    synchronized boolean spoilt() {
        return spoilt;
    }

    /** The calls since the rotation began. */
    synchronized List<Place> calls() {
        return calls.places();
    }

    /** True if no call came for so long. */
    synchronized boolean quietFor(Duration time) {
        return System.nanoTime() - lastCall > time.toNanos();
    }

    private @Nullable Fault next(String call) {
        var name = naming.apply(call); // may ask the engine
        if (name.isEmpty()) {
            return null;
        }
        synchronized (this) {
            lastCall = System.nanoTime();
            if (!calls.next(name).equals(aim)) {
                return null;
            }
            aim = null;
            spoilt = true;
            return fault;
        }
    }

    private void accept() {
        try {
            while (true) {
                var agent = server.accept();
                Thread.ofVirtual().start(() -> new Line(agent).serve());
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    /** One connection of the agent's. */
    private final class Line {
        private final SocketChannel agent;
        private volatile @Nullable Fault atAnswer;

        private Line(SocketChannel agent) {
            this.agent = agent;
        }

        private void serve() {
            try (agent;
                    var to = SocketChannel.open(UnixDomainSocketAddress.of(engine))) {
                var back = Thread.ofVirtual().start(() -> answers(to));
                var buffer = ByteBuffer.allocate(65_536);
                while (agent.read(buffer) >= 0) {
                    buffer.flip();
                    var now = faultOf(buffer);
                    if (now != null && !now.comesAfter()) {
                        spoil(now);
                        return;
                    }
                    atAnswer = now == null ? atAnswer : now;
                    write(buffer, to);
                    buffer.clear();
                }
                to.shutdownOutput();
                back.join();
            } catch (IOException e) {
                // One side is gone, and so is the other.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private @Nullable Fault faultOf(ByteBuffer bytes) {
            var line = new String(bytes.array(), 0, Math.min(bytes.limit(), 1024), US_ASCII);
            var request = REQUEST.matcher(line);
            return request.lookingAt() ? next(request.group(1) + " " + request.group(2)) : null;
        }

        private void spoil(Fault now) throws IOException {
            if (now.kills()) {
                kill.run();
            } else if (now == Fault.REFUSED) {
                var answer =
                        "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
                                + REFUSAL.length() + "\r\n\r\n" + REFUSAL;
                write(ByteBuffer.wrap(answer.getBytes(US_ASCII)), agent);
                agent.shutdownOutput();
                var rest = ByteBuffer.allocate(65_536);
                while (agent.read(rest) >= 0) { // a close before all was read would take the answer with it
                    rest.clear();
                }
            }
        }

        private void answers(SocketChannel from) {
            var buffer = ByteBuffer.allocate(65_536);
            try (agent) {
                while (from.read(buffer) >= 0) {
                    var now = atAnswer;
                    if (now != null) {
                        if (now.kills()) {
                            kill.run();
                        }
                        from.close();
                        return;
                    }
                    write(buffer.flip(), agent);
                    buffer.clear();
                }
            } catch (IOException e) {
                // As above.
            }
        }

        private static void write(ByteBuffer bytes, SocketChannel to) throws IOException {
            while (bytes.hasRemaining()) {
                to.write(bytes);
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
