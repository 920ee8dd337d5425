package io.dso.transport;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a Unix domain socket: what the kernel noted when the connection was made (SO_PEERCRED).
 * The primary group alone; a process keeps these credentials even if it changes its own later.
 *
 * @param uid numeric user
 * @param gid numeric primary group
 */
public record Peer(int uid, int gid) {
    /** The peer as an attribute of a call's connection: {@code call.getAttributes().get(Peer.ATTRIBUTE)}. */
    public static final Attributes.Key<Peer> ATTRIBUTE = Attributes.Key.create("io.dso.transport.peer");

    /** The peer of the current call, set by {@link #interceptor()}. */
    public static final Context.Key<Peer> CONTEXT = Context.key("io.dso.transport.peer");

    static {
        proveThatHashCodesAreIds();
    }

    /**
     * The peer of an accepted connection.
     *
     * @param channel a {@code NioDomainSocketChannel}
     * @throws IllegalStateException if the kernel doesn't tell, because the connection is already closed
     */
    public static Peer of(Channel channel) {
        @Nullable UnixDomainPrincipal principal;
        try {
            principal = channel.config().getOption(credentials());
        } catch (RuntimeException e) {
            throw new IllegalStateException("the peer of a closed connection is unknown", e);
        }
        if (principal == null) {
            throw new IllegalStateException("the peer of this kind of connection is unknown");
        }
        return new Peer(id(principal.user()), id(principal.group()));
    }

    /** The peer of a connection that this process made or accepted. */
    public static Peer of(SocketChannel connection) throws IOException {
        var principal = connection.getOption(ExtendedSocketOptions.SO_PEERCRED);
        return new Peer(id(principal.user()), id(principal.group()));
    }

    /** Not a constant: one that is made when a native executable is built isn't the option that its JDK supports. */
    private static ChannelOption<UnixDomainPrincipal> credentials() {
        return NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED);
    }

    /** This process: its effective user and group, as others see it on a socket. */
    public static Peer self() {
        // Not the owner of /proc/self: that is root for a process that isn't dumpable.
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            var ids = lines.filter(line -> line.startsWith("Uid:") || line.startsWith("Gid:"))
                    .map(line -> Integer.parseUnsignedInt(line.split("\t", -1)[2]))
                    .toList();
            return new Peer(ids.get(0), ids.get(1));
        } catch (IOException e) {
            throw new UncheckedIOException("/proc/self/status can't be read", e);
        }
    }

    /** Hands {@link #ATTRIBUTE} on as {@link #CONTEXT}. */
    public static ServerInterceptor interceptor() {
        return new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                var peer = call.getAttributes().get(ATTRIBUTE);
                return peer == null
                        ? next.startCall(call, headers)
                        : Contexts.interceptCall(Context.current().withValue(CONTEXT, peer), call, headers, next);
            }
        };
    }

    /**
     * The JDK knows the number but doesn't offer it, and a name can't be turned back where the user isn't in this
     * process's passwd. It uses the number as the hash code: proved once, below, before we rely on it.
     */
    private static int id(Principal principal) {
        return principal.hashCode();
    }

    private static void proveThatHashCodesAreIds() {
        int unused = 1_987_654_321;
        var lookup = FileSystems.getDefault().getUserPrincipalLookupService();
        try {
            int user = id(lookup.lookupPrincipalByName(Integer.toString(unused)));
            int group = id(lookup.lookupPrincipalByGroupName(Integer.toString(unused)));
            if (user != unused || group != unused) {
                throw new IllegalStateException("this JDK hides the numbers of users and groups");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("users can't be looked up", e);
        }
    }
}
