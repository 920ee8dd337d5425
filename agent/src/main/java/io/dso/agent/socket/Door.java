package io.dso.agent.socket;

import io.dso.transport.Peer;

/** Who and what may come in through one of the sockets. */
sealed interface Door {

    /**
     * Docker and the control API; only root and the agent's own user.
     *
     * @param own the agent's own uid
     */
    record Driver(PluginEndpoint plugin, int own) implements Door {}

    /** The control API for whoever the socket file's mode lets in. */
    record Control() implements Door {}

    /** Connections that may be open beside those that haven't said yet what they speak. */
    default int capacity() {
        return switch (this) {
            case Driver _ -> 512;
            case Control _ -> 128;
        };
    }

    /** True for peers that get what they ask for. */
    default boolean opensTo(Peer peer) {
        return switch (this) {
            case Driver(var _, var own) -> peer.uid() == 0 || peer.uid() == own;
            case Control _ -> true;
        };
    }
}
