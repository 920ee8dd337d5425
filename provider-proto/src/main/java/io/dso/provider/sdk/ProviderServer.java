package io.dso.provider.sdk;

import io.dso.provider.v1.ProviderGrpc;
import io.dso.transport.Peer;
import io.dso.transport.UnixServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A store, served on a socket: the part of {@link ProviderProcess} that knows nothing of processes. */
public final class ProviderServer implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final SecretStore store;
    private final ProviderService service;
    private final UnixServer server;

    private ProviderServer(SecretStore store, ProviderService service, UnixServer server) {
        this.store = store;
        this.service = service;
        this.server = server;
    }

    /**
     * Starts serving. The store is closed with the server, and also when this fails.
     *
     * @param agentUid the one user who may connect
     * @throws IOException if the socket can't be made, or another live process has it
     */
    public static ProviderServer start(Path socket, int agentUid, SecretStore store) throws IOException {
        try {
            var service = new ProviderService(store);
            // root and the owner get through 0600; for another agent the check of the peer decides alone
            var mode = agentUid == 0 || agentUid == Peer.self().uid() ? "rw-------" : "rw-rw-rw-";
            var address = new UnixServer.Address(socket, mode, peer -> peer.uid() == agentUid);
            return new ProviderServer(
                    store, service, UnixServer.start(address, List.of(ProviderGrpc.bindService(service))));
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** Lets running calls finish for a moment, removes the socket, closes the store. Idempotent if the store is. */
    @Override
    public void close() throws IOException {
        try {
            service.endWatches();
            server.close(GRACE);
        } finally {
            store.close();
        }
    }
}
