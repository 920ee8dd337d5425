package io.dso.provider.vault.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Set;

/** Where the server is. */
public sealed interface Address {
    int DEFAULT_PORT = 8200;

    /** Over the network. */
    record Tcp(String host, int port, Wire wire) implements Address {
        @Override
        public String authority() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }

        @Override
        public SocketAddress resolve() {
            return new InetSocketAddress(host, port);
        }

        @Override
        public boolean isPrivate() {
            return wire == Wire.TLS || Set.of("localhost", "127.0.0.1", "::1").contains(host);
        }

        @Override
        public String toString() {
            return (wire == Wire.TLS ? "https://" : "http://") + authority();
        }
    }

    /** A Unix domain socket, such as an agent's or a proxy's, without TLS. */
    record Unix(Path socket) implements Address {
        @Override
        public String authority() {
            return "localhost";
        }

        @Override
        public SocketAddress resolve() {
            return UnixDomainSocketAddress.of(socket);
        }

        @Override
        public boolean isPrivate() {
            return true;
        }

        @Override
        public String toString() {
            return "unix://" + socket;
        }
    }

    /** What goes over the wire. */
    enum Wire {
        TLS,
        PLAIN
    }

    /** The value of the Host header. */
    String authority();

    /** For a connection; looks names up, each time anew. */
    SocketAddress resolve();

    /** True where nobody on a network can read along. */
    boolean isPrivate();

    /**
     * Reads {@code https://HOST[:PORT]}, {@code http://HOST[:PORT]} or {@code unix:///PATH}; the port is 8200 unless given.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static Address parse(String text) {
        var uri = URI.create(text);
        var scheme = String.valueOf(uri.getScheme());
        var path = uri.getPath() == null ? "" : uri.getPath();
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("more than scheme, host and port");
        }
        if (scheme.equals("unix") && uri.getHost() == null && path.length() > 1) {
            return new Unix(Path.of(path));
        }
        boolean plain = scheme.equals("http");
        if (uri.getHost() == null || !(plain || scheme.equals("https")) || !(path.isEmpty() || path.equals("/"))) {
            throw new IllegalArgumentException("neither https, http nor unix");
        }
        var host = uri.getHost().replaceAll("^\\[|]$", "");
        return new Tcp(host, uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(), plain ? Wire.PLAIN : Wire.TLS);
    }
}
