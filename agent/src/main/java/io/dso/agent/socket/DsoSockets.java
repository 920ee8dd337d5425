package io.dso.agent.socket;

import static io.dso.agent.problem.ProblemId.RUN_DIRECTORY;
import static io.dso.agent.problem.ProblemId.SOCKET_IN_USE;

import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.Problem;
import io.dso.transport.NettyLog;
import io.dso.transport.SocketClaim;
import io.dso.transport.SocketInUseException;
import io.grpc.ServerServiceDefinition;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The agent's two sockets, served by one event loop:
 *
 * <ul>
 *   <li>the driver socket, for root alone: Docker's volume plugin protocol (HTTP/1.1) and the control API (gRPC), told
 *       apart by the connection's first bytes;
 *   <li>the control socket, for the group dso where there is one: the control API.
 * </ul>
 *
 * <p>What they lead to is called on virtual threads, with the peer ({@link io.dso.transport.Peer#CONTEXT} for gRPC).
 */
public final class DsoSockets implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(DsoSockets.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final FileAttribute<?> ROOT_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final EventLoopGroup loop;
    private final Listener driver;
    private final Listener control;

    private DsoSockets(EventLoopGroup loop, Listener driver, Listener control) {
        this.loop = loop;
        this.driver = driver;
        this.control = control;
    }

    /**
     * Where the sockets are.
     *
     * @param driver its directory is made, for root alone, if it isn't there
     * @param control its directory exists; lock files lie beside it
     */
    public record Places(Path driver, Path control) {
        public Places {
            driver = driver.toAbsolutePath();
            control = control.toAbsolutePath();
        }
    }

    /**
     * Both paths, held against every other agent. Until they are, nothing that may be another agent's can be touched.
     */
    public static final class Claims implements AutoCloseable {
        private final Places places;
        private final SocketClaim driver;
        private final SocketClaim control;

        private Claims(Places places, SocketClaim driver, SocketClaim control) {
            this.places = places;
            this.driver = driver;
            this.control = control;
        }

        /** Gives both paths free. Idempotent. */
        @Override
        public void close() throws IOException {
            try {
                driver.close();
            } finally {
                control.close();
            }
        }
    }

    /**
     * Claims both paths; nobody listens yet.
     *
     * @throws DsoException SOCKET_IN_USE if another live process has one of them, RUN_DIRECTORY if it can't be made
     */
    public static Claims claim(Places places) {
        try {
            Files.createDirectories(places.driver().resolveSibling(""), ROOT_ONLY);
            var driver = SocketClaim.of(places.driver(), places.control().resolveSibling("driver.lock"));
            try {
                return new Claims(places, driver, SocketClaim.of(places.control()));
            } catch (IOException | RuntimeException e) {
                driver.close();
                throw e;
            }
        } catch (IOException e) {
            throw new DsoException(problem(e), e);
        }
    }

    /**
     * Listens on both sockets.
     *
     * @param claims closed with the sockets, or if they can't be made
     * @throws DsoException RUN_DIRECTORY if they can't be made
     */
    public static DsoSockets open(Claims claims, PluginEndpoint plugin, List<ServerServiceDefinition> control) {
        return open(claims, plugin, control, PATIENCE);
    }

    /** @param patience how long a connection may take to say what it speaks, and a request to arrive */
    static DsoSockets open(
            Claims claims, PluginEndpoint plugin, List<ServerServiceDefinition> control, Duration patience) {
        NettyLog.silenceKeepAlive();
        NettyLog.silenceBrokenConnections();
        var loop = new NioEventLoopGroup(1, new DefaultThreadFactory("dso-sockets", true));
        var shared = new Listener.Shared(loop, control, patience);
        try {
            return listen(claims, plugin, shared);
        } catch (IOException e) {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new DsoException(problem(e), e);
        }
    }

    private static DsoSockets listen(Claims claims, PluginEndpoint plugin, Listener.Shared shared) throws IOException {
        try {
            var driver = Listener.driver(claims.places.driver(), claims.driver, plugin, shared);
            try {
                return new DsoSockets(
                        shared.loop(), driver, Listener.control(claims.places.control(), claims.control, shared));
            } catch (IOException | RuntimeException e) {
                driver.close(Duration.ZERO);
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            claims.close();
            throw e;
        }
    }

    private static Problem problem(IOException e) {
        return e instanceof SocketInUseException
                ? new Problem(
                        SOCKET_IN_USE,
                        String.valueOf(e.getMessage()),
                        "",
                        "stop the other agent, or give this one sockets of its own")
                : new Problem(
                        RUN_DIRECTORY, "a socket can't be made: " + e, "", "look at its directory, owner and mode");
    }

    /** True while both sockets can be reached at their paths. */
    public boolean listening() {
        return driver.listening() && control.listening();
    }

    /** Like {@link #close(Duration)}, with a few seconds. Idempotent. */
    @Override
    public void close() {
        close(DRAIN);
    }

    /**
     * Removes both socket files, lets running calls end, and closes all connections.
     *
     * @param grace how long calls may take; those that take longer are cut
     */
    public void close(Duration grace) {
        long end = System.nanoTime() + grace.toNanos();
        driver.stop();
        control.stop();
        driver.close(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        control.close(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
        LOG.debug("sockets closed");
    }
}
