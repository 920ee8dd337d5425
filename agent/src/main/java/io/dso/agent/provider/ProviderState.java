package io.dso.agent.provider;

import java.time.Instant;

/**
 * How a provider is.
 *
 * @param name its name in the configuration
 * @param kind its kind
 * @param phase what it is doing
 * @param reason why it isn't ready; empty when it is
 * @param since when the phase began
 */
public record ProviderState(String name, String kind, Phase phase, String reason, Instant since) {

    /** Phases of a provider's life. */
    public enum Phase {
        STARTING,
        READY,
        FAILED
    }
}
