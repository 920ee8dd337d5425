package io.dso.agent.socket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** Bytes to a socket and back, without any protocol's manners. Calls block; tests have time limits. */
final class RawClient implements AutoCloseable {
    private final SocketChannel channel;

    private RawClient(SocketChannel channel) {
        this.channel = channel;
    }

    static RawClient to(Path socket) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return new RawClient(channel);
    }

    /** As dockerd asks: an empty Host, the connection kept. */
    static String post(String path, String body) {
        return "POST %s HTTP/1.1\r\nHost: \r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: %d\r\n"
                        .formatted(path, body.getBytes(StandardCharsets.UTF_8).length)
                + "Accept: application/vnd.docker.plugins.v1.2+json\r\n\r\n" + body;
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    RawClient send(byte[] bytes) throws IOException {
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        return this;
    }

    /** One response with a Content-Length, head and body. */
    String response() throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
            head.write(readByte());
        }
        var text = head.toString(StandardCharsets.UTF_8);
        var length = text.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .map(line ->
                        Integer.valueOf(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElseThrow();
        var body = new byte[length];
        for (int i = 0; i < length; i++) {
            body[i] = readByte();
        }
        return text + new String(body, StandardCharsets.UTF_8);
    }

    private byte readByte() throws IOException {
        var one = ByteBuffer.allocate(1);
        if (channel.read(one) < 1) {
            throw new IOException("the connection ended");
        }
        return one.get(0);
    }

    /** Everything until the other side closes. */
    byte[] untilEnd() {
        var all = new ByteArrayOutputStream();
        var buffer = ByteBuffer.allocate(4096);
        try {
            while (channel.read(buffer) >= 0) {
                all.write(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
        } catch (IOException e) {
            // A reset is an end, too.
        }
        return all.toByteArray();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
