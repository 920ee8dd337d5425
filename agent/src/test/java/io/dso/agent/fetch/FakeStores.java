package io.dso.agent.fetch;

import io.dso.agent.provider.ProviderState;
import io.dso.agent.provider.Providers;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Refusal;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.SecretValue;
import io.dso.agent.secret.VersionId;
import io.dso.agent.time.Deadline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Stores in memory, which keep every version and count what they are asked for. */
public final class FakeStores implements Providers {
    private final Map<SecretRef, List<byte[]>> versions = new ConcurrentHashMap<>();
    private volatile @Nullable Refusal refusal;

    /** {@code ref@version} of each value that was asked for. */
    public final List<String> fetched = new CopyOnWriteArrayList<>();
    /** Every value that was handed out: to be wiped by whoever got it. */
    public final List<SecretValue> handedOut = new CopyOnWriteArrayList<>();

    public final AtomicInteger questions = new AtomicInteger();

    /** A new version of a secret. */
    public void set(SecretRef ref, byte[] value) {
        versions.computeIfAbsent(ref, _ -> new CopyOnWriteArrayList<>()).add(value.clone());
    }

    public void set(SecretRef ref, String value) {
        set(ref, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Forgets all but the newest version, as some stores do. */
    public void forgetOld(SecretRef ref) {
        var kept = versions.getOrDefault(ref, List.of());
        for (int i = 0; i < kept.size() - 1; i++) {
            kept.set(i, new byte[0]);
        }
    }

    /** Everything is refused from now on. */
    public void refuse(Refusal.Kind kind, String why) {
        refusal = new Refusal(kind, why);
    }

    /** Everything is throttled from now on. */
    public void throttle(Duration retryAfter) {
        refusal = new Refusal(Refusal.Kind.THROTTLED, "slower", retryAfter);
    }

    public void answer() {
        refusal = null;
    }

    @Override
    public List<Answer<VersionId>> versions(String provider, List<SecretRef> refs, Deadline deadline) {
        questions.incrementAndGet();
        var answers = new ArrayList<Answer<VersionId>>();
        for (var ref : refs) {
            var no = refusal;
            var known = versions.get(ref);
            if (no != null) {
                answers.add(Answer.refused(no));
            } else if (known == null) {
                answers.add(Answer.refused(new Refusal(Refusal.Kind.NOT_FOUND, "no secret " + ref)));
            } else {
                answers.add(Answer.got(new VersionId("s" + known.size())));
            }
        }
        return answers;
    }

    @Override
    public Answer<SecretValue> fetch(SecretRef ref, VersionId version, Deadline deadline) {
        var no = refusal;
        if (no != null) {
            return Answer.refused(no);
        }
        fetched.add(ref + "@" + version);
        var bytes = versions.getOrDefault(ref, List.of())
                .get(Integer.parseInt(version.text().substring(1)) - 1);
        if (bytes.length == 0) {
            return Answer.refused(new Refusal(Refusal.Kind.NOT_FOUND, "no version " + version + " of " + ref));
        }
        var value = SecretValue.owning(bytes.clone());
        handedOut.add(value);
        return Answer.got(value);
    }

    @Override
    public List<ProviderState> states() {
        return List.of();
    }
}
