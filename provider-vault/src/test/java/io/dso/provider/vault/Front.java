package io.dso.provider.vault;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One address for two servers: connections that begin with a subscription go to the one, all others to the other. */
final class Front implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final InetSocketAddress others;
    private final InetSocketAddress subscriptions;

    Front(Scripted others, InetSocketAddress subscriptions) throws IOException {
        this.others = others.socket();
        this.subscriptions = subscriptions;
        threads.submit(() -> {
            while (true) {
                var client = door.accept();
                threads.submit(() -> serve(client));
            }
        });
    }

    String address() {
        return "http://127.0.0.1:" + door.getLocalPort();
    }

    private Void serve(Socket client) throws IOException {
        var first = new ByteArrayOutputStream();
        InputStream in = client.getInputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            first.write(c);
        }
        first.write('\n');
        boolean subscription = first.toString(StandardCharsets.US_ASCII).contains("/sys/events/");
        try (client;
                var server = new Socket()) {
            server.connect(subscription ? subscriptions : others);
            server.getOutputStream().write(first.toByteArray());
            threads.submit(() -> in.transferTo(server.getOutputStream()));
            server.getInputStream().transferTo(client.getOutputStream());
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        door.close();
        threads.shutdownNow();
    }
}
