package io.dso.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Locale;

/** HTTP/1.1 over one kept connection to a Unix socket: nothing between the clock and the engine. Not for many threads. */
final class UnixHttp implements AutoCloseable {
    private final SocketChannel channel;
    private final InputStream from;

    UnixHttp(Path socket) {
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            from = new BufferedInputStream(Channels.newInputStream(channel));
        } catch (IOException e) {
            throw new UncheckedIOException(socket + " does not answer", e);
        }
    }

    /** An answer, and how long it took from the request's first byte to the answer's last. */
    record Answer(int status, byte[] body, double millis) {
        String text() {
            return new String(body, UTF_8);
        }
    }

    Answer send(String method, String path, byte[] body) {
        var head = "%s %s HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                .formatted(method, path, body.length)
                .getBytes(ISO_8859_1);
        var request = ByteBuffer.allocate(head.length + body.length)
                .put(head)
                .put(body)
                .flip();
        try {
            long began = System.nanoTime();
            while (request.hasRemaining()) {
                channel.write(request);
            }
            var answer = read(from);
            return new Answer(answer.status(), answer.body(), (System.nanoTime() - began) / 1e6);
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        }
    }

    static Answer read(InputStream from) throws IOException {
        int status = Integer.parseInt(line(from).split(" ", 3)[1]);
        long length = 0;
        boolean chunked = false;
        for (String header = line(from); !header.isEmpty(); header = line(from)) {
            var lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(lower.substring(15).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = lower.contains("chunked");
            }
        }
        return new Answer(status, chunked ? chunks(from) : exactly(from, (int) length), 0);
    }

    private static byte[] chunks(InputStream from) throws IOException {
        var body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line(from).split(";", 2)[0].strip(), 16);
            body.writeBytes(exactly(from, size));
            line(from);
            if (size == 0) {
                return body.toByteArray();
            }
        }
    }

    private static byte[] exactly(InputStream from, int size) throws IOException {
        var bytes = from.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("the answer ended after " + bytes.length + " of " + size + " bytes");
        }
        return bytes;
    }

    private static String line(InputStream from) throws IOException {
        var line = new StringBuilder();
        for (int c = from.read(); c != '\n'; c = from.read()) {
            if (c < 0) {
                throw new EOFException("the answer ended within its head");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
