package io.dso.agent.socket;

import io.dso.transport.Peer;

/** What answers Docker's volume plugin protocol. Called on virtual threads, for several connections at once. */
public interface PluginEndpoint {

    /**
     * Answers one call. A failure that the caller should read is part of the answer ({@code Err}); what is thrown is
     * logged, and the caller is told that there is something in the log.
     *
     * @param path e.g. {@code /VolumeDriver.Mount}
     * @param body JSON, may be empty, at most 1 MiB
     * @param peer who asks: root, or the agent's own user
     * @return JSON
     */
    byte[] answer(String path, byte[] body, Peer peer);
}
