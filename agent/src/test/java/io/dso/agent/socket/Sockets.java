package io.dso.agent.socket;

import io.dso.control.v1.ControlGrpc;
import io.dso.control.v1.Event;
import io.dso.control.v1.GetVersionRequest;
import io.dso.control.v1.GetVersionResponse;
import io.dso.control.v1.WatchEventsRequest;
import io.dso.transport.Peer;
import io.dso.transport.UnixChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The agent's sockets in a folder of their own, with a control service that says who called. */
final class Sockets implements AutoCloseable {
    /** What a plugin says that agrees to everything. */
    static final PluginEndpoint ECHO = (path, body, peer) ->
            ("{\"path\":\"" + path + "\",\"length\":" + body.length + "}").getBytes(StandardCharsets.UTF_8);

    static final Duration SHORT = Duration.ofMillis(300);

    final DsoSockets.Places places;
    final DsoSockets sockets;

    private Sockets(DsoSockets.Places places, DsoSockets sockets) {
        this.places = places;
        this.sockets = sockets;
    }

    static DsoSockets.Places places(Path folder) throws IOException {
        var run = Files.createDirectories(folder.resolve("run"));
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new DsoSockets.Places(folder.resolve("plugins/dso.sock"), run.resolve("dso.sock"));
    }

    static Sockets open(Path folder, PluginEndpoint plugin, Duration patience) throws IOException {
        var places = places(folder);
        return new Sockets(places, DsoSockets.open(DsoSockets.claim(places), plugin, services(), patience));
    }

    static List<ServerServiceDefinition> services() {
        return List.of(ControlGrpc.bindService(new WhoCalls()));
    }

    RawClient driver() throws IOException {
        return RawClient.to(places.driver());
    }

    RawClient control() throws IOException {
        return RawClient.to(places.control());
    }

    /** The peer that a gRPC service sees, as text. */
    static String whoCalls(Path socket) {
        try (var channel = UnixChannel.to(socket)) {
            return ControlGrpc.newBlockingStub(channel.grpc())
                    .withDeadlineAfter(5, TimeUnit.SECONDS)
                    .getVersion(GetVersionRequest.getDefaultInstance())
                    .getVersion();
        }
    }

    @Override
    public void close() {
        sockets.close();
    }

    private static final class WhoCalls implements ControlGrpc.AsyncService {
        @Override
        public void getVersion(GetVersionRequest request, StreamObserver<GetVersionResponse> reply) {
            var thread = Thread.currentThread().isVirtual() ? "virtual" : "platform";
            reply.onNext(GetVersionResponse.newBuilder()
                    .setVersion(Peer.CONTEXT.get() + " " + thread)
                    .build());
            reply.onCompleted();
        }

        @Override
        public void watchEvents(WatchEventsRequest request, StreamObserver<Event> reply) {
            reply.onNext(Event.newBuilder().setType("armed").build()); // and never ends
        }
    }
}
