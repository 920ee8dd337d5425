package io.dso.agent.provider;

import io.dso.agent.secret.SecretRef;
import java.util.Set;

/** Told what happens at the providers, on their threads: be quick, don't call back. */
public interface ProviderListener {

    /** These may have changed, or may have changed unseen: look at their versions. A hint, sometimes one too many. */
    void mayHaveChanged(Set<SecretRef> refs);

    /** A provider's phase or the reason for it changed. */
    void stateChanged(ProviderState state);
}
