package io.dso.agent.provider;

import io.dso.agent.bundle.ProviderSpec;
import io.dso.provider.v1.CheckResponse;
import org.jboss.logging.Logger;

/**
 * Asks a provider that has just started whether its store can be reached and takes the credentials. Nothing follows from the
 * answer but a line in the log: what is wrong there is told before a container needs it, and not held against the provider.
 */
final class StoreCheck {
    private static final Logger LOG = Logger.getLogger(StoreCheck.class);

    /** Asks, and doesn't wait. */
    static void begin(Session session, ProviderSpec spec) {
        Thread.ofVirtual().name("check-" + spec.name()).start(() -> {
            if (session.check(spec.deadline()) instanceof Reply.Failed<CheckResponse>(var failure)
                    && !session.isLost()) {
                LOG.warnf("store can't be used provider=%s why='%s'", spec.name(), failure.why());
            }
        });
    }

    private StoreCheck() {}
}
