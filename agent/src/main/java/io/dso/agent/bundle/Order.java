package io.dso.agent.bundle;

import io.dso.agent.bundle.ReloadPolicy.Strategy;

/**
 * An operator's order to bring all containers of a bundle to a version. It stands until they have it or another version
 * is wanted, and goes through a pause.
 *
 * @param bundle the bundle's name
 * @param to which version
 * @param manner in which way
 * @param by who gave it
 */
public record Order(String bundle, BundleVersion to, Manner manner, String by) {

    /** In which way. */
    public sealed interface Manner {
        /** As each container's policy says. */
        record AsConfigured() implements Manner {}

        /** By one strategy for all. */
        record By(Strategy strategy) implements Manner {}
    }

    /** A container's policy under this order. */
    public ReloadPolicy applied(ReloadPolicy policy) {
        return switch (manner) {
            case Manner.AsConfigured() -> policy;
            case Manner.By(var strategy) -> policy.by(strategy);
        };
    }
}
