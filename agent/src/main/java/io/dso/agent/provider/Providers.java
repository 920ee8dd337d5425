package io.dso.agent.provider;

import io.dso.agent.secret.Answer;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.SecretValue;
import io.dso.agent.secret.VersionId;
import io.dso.agent.time.Deadline;
import java.util.List;

/** The provider processes, as the rest of the agent sees them. Thread-safe; failures are answers, not exceptions. */
public interface Providers {

    /**
     * The current versions of secrets of one provider, one answer for each ref, in the same order. Reads no value.
     *
     * @param provider name in the configuration; an unknown one answers INVALID for each
     * @param deadline when to give up; the provider's own deadline applies too
     */
    List<Answer<VersionId>> versions(String provider, List<SecretRef> refs, Deadline deadline);

    /** The value of exactly one version. The caller closes it. */
    Answer<SecretValue> fetch(SecretRef ref, VersionId version, Deadline deadline);

    /** How each configured provider is, in the order of their names. */
    List<ProviderState> states();
}
