package io.dso.agent.fetch;

import io.dso.agent.provider.Providers;
import io.dso.agent.record.Metrics;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Answer.Got;
import io.dso.agent.secret.Answer.Refused;
import io.dso.agent.secret.Refusal;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.SecretValue;
import io.dso.agent.secret.VersionId;
import io.dso.agent.time.Deadline;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Asks providers side by side, one request a provider for versions, one a secret for values, and none for a value that is
 * on its way already.
 */
public final class Fetcher {
    private static final Logger LOG = Logger.getLogger(Fetcher.class);

    private final Providers providers;
    private final Metrics metrics;
    private final Flights flights = new Flights();

    public Fetcher(Providers providers, Metrics metrics) {
        this.providers = providers;
        this.metrics = metrics;
    }

    /** The current versions of secrets, of whatever providers. Reads no value. An answer for each ref. */
    public Map<SecretRef, Answer<VersionId>> versions(Collection<SecretRef> refs, Deadline deadline) {
        var byProvider = refs.stream().distinct().collect(Collectors.groupingBy(SecretRef::provider));
        Map<String, Future<List<Answer<VersionId>>>> asked = new HashMap<>();
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            byProvider.forEach(
                    (provider, theirs) -> asked.put(provider, tasks.submit(() -> ask(provider, theirs, deadline))));
        } // close waits for all
        Map<SecretRef, Answer<VersionId>> answers = new HashMap<>();
        byProvider.forEach((provider, theirs) -> {
            var inOrder = Objects.requireNonNull(asked.get(provider)).resultNow();
            for (int i = 0; i < theirs.size(); i++) {
                answers.put(theirs.get(i), inOrder.get(i));
            }
        });
        return answers;
    }

    /** Whatever a provider's side does, each ref gets an answer. */
    private List<Answer<VersionId>> ask(String provider, List<SecretRef> refs, Deadline deadline) {
        List<Answer<VersionId>> answers;
        try {
            answers = providers.versions(provider, refs, deadline);
        } catch (RuntimeException e) {
            answers = List.of();
            LOG.errorf(e, "asking for versions failed provider=%s", provider);
        }
        return answers.size() == refs.size()
                ? answers
                : Collections.nCopies(refs.size(), Answer.refused(nonsense(provider)));
    }

    private static Refusal nonsense(String provider) {
        return new Refusal(Refusal.Kind.UNAVAILABLE, "provider " + provider + " didn't answer as it should");
    }

    /** The values of exactly these versions: all of them, or the first refusal. The caller closes them. */
    public Answer<Values> values(Map<SecretRef, VersionId> versions, Deadline deadline) {
        Map<SecretRef, Future<Answer<SecretValue>>> asked = new LinkedHashMap<>();
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            versions.forEach((ref, version) -> asked.put(ref, tasks.submit(() -> fetch(ref, version, deadline))));
        } // close waits for all
        var values = new Values(new LinkedHashMap<>());
        @Nullable Refusal refusal = null;
        for (var entry : asked.entrySet()) {
            switch (entry.getValue().resultNow()) {
                case Got<SecretValue>(var value) -> values.byRef().put(entry.getKey(), value);
                case Refused<SecretValue>(var why) -> refusal = refusal == null ? why : refusal;
            }
        }
        if (refusal != null) {
            values.close();
            return Answer.refused(refusal);
        }
        return Answer.got(values);
    }

    private Answer<SecretValue> fetch(SecretRef ref, VersionId version, Deadline deadline) {
        Answer<SecretValue> answer;
        try {
            answer = flights.take(ref, version, deadline, () -> ask(ref, version, deadline));
        } catch (RuntimeException e) { // the others' values have to be wiped
            LOG.errorf(e, "fetching failed provider=%s", ref.provider());
            answer = Answer.refused(nonsense(ref.provider()));
        }
        return answer;
    }

    /** How many wait for a value that is on its way to somebody else. */
    int waiting(SecretRef ref, VersionId version) {
        return flights.passengers(ref, version);
    }

    private Answer<SecretValue> ask(SecretRef ref, VersionId version, Deadline deadline) {
        boolean got = false;
        try {
            var answer = providers.fetch(ref, version, deadline);
            got = answer instanceof Got<SecretValue>;
            return answer;
        } finally {
            metrics.fetched(ref.provider(), got);
        }
    }
}
