package io.dso.agent.watch;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Refusal;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.VersionId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the stores said last about versions. A refusal doesn't make a known version forgotten. Of two answers the one to
 * the later question counts, whichever arrives first. Thread-safe.
 */
public final class VersionBoard {
    private final InstantSource clock;
    private final AtomicLong tickets = new AtomicLong();
    private final Map<SecretRef, Line> lines = new HashMap<>();

    private record Line(
            long ticket,
            @Nullable VersionId version,
            @Nullable Refused refused,
            Instant checked) {}

    private record Refused(Refusal why, Instant since) {}

    /** Nobody answers for some secrets: their server is away, or doesn't know us any more. */
    public record Outage(String why, Instant since) {}

    public VersionBoard(InstantSource clock) {
        this.clock = clock;
    }

    /** To be drawn before a question is asked. */
    public long ticket() {
        return tickets.incrementAndGet();
    }

    /** Notes answers; says which secrets have another version than before (or the first one). */
    public synchronized Set<SecretRef> note(long ticket, Map<SecretRef, Answer<VersionId>> answers) {
        var changed = new HashSet<SecretRef>();
        answers.forEach((ref, answer) -> {
            var old = lines.get(ref);
            if (old != null && old.ticket() > ticket) {
                return;
            }
            var known = old == null ? null : old.version();
            switch (answer) {
                case Answer.Got<VersionId>(var version) -> {
                    lines.put(ref, new Line(ticket, version, null, clock.instant()));
                    if (!version.equals(known)) {
                        changed.add(ref);
                    }
                }
                case Answer.Refused<VersionId>(var refusal) ->
                    lines.put(ref, new Line(ticket, known, refused(refusal, old), clock.instant()));
            }
        });
        return changed;
    }

    /** Since when depends on whether it was an outage before, too, and not on its words, which may change meanwhile. */
    private Refused refused(Refusal refusal, @Nullable Line old) {
        var before = old == null ? null : old.refused();
        return new Refused(
                refusal,
                before == null || isOutage(before.why()) != isOutage(refusal) ? clock.instant() : before.since());
    }

    private static boolean isOutage(Refusal refusal) {
        return switch (refusal.kind()) {
            case UNAVAILABLE, UNAUTHENTICATED -> true;
            case NOT_FOUND, DENIED, THROTTLED, INVALID -> false;
        };
    }

    /** The outage that has lasted longest of those that concern any of these secrets; empty if there is none. */
    public synchronized Optional<Outage> outage(Collection<SecretRef> refs) {
        return refs.stream()
                .flatMap(ref -> Stream.ofNullable(lines.get(ref)))
                .flatMap(line -> Stream.ofNullable(line.refused()))
                .filter(refused -> isOutage(refused.why()))
                .min(Comparator.comparing(Refused::since))
                .map(refused -> new Outage(refused.why().why(), refused.since()));
    }

    /** The same answers, but for those that came to a later question meanwhile. */
    public synchronized Map<SecretRef, Answer<VersionId>> newest(
            long ticket, Map<SecretRef, Answer<VersionId>> answers) {
        Map<SecretRef, Answer<VersionId>> newest = new HashMap<>(answers);
        newest.replaceAll((ref, answer) -> {
            var line = lines.get(ref);
            return answer instanceof Answer.Got<VersionId>
                            && line != null
                            && line.ticket() > ticket
                            && line.version() != null
                    ? Answer.got(line.version())
                    : answer;
        });
        return newest;
    }

    /** The versions of a bundle's secrets, as last known; the first refusal if one was never known. */
    public synchronized Answer<Map<SecretRef, VersionId>> versions(Bundle bundle) {
        Map<SecretRef, VersionId> versions = new HashMap<>();
        for (var ref : bundle.refs()) {
            var line = lines.get(ref);
            if (line == null || line.version() == null) {
                return Answer.refused(
                        line == null || line.refused() == null
                                ? new Refusal(Refusal.Kind.UNAVAILABLE, "the version of " + ref + " is not known yet")
                                : line.refused().why());
            }
            versions.put(ref, line.version());
        }
        return Answer.got(versions);
    }

    /** Why the last question about one of a bundle's secrets wasn't answered; empty if all were. */
    public synchronized Optional<Refusal> refusal(Bundle bundle) {
        for (var ref : bundle.refs()) {
            var line = lines.get(ref);
            if (line != null && line.refused() != null) {
                return Optional.of(line.refused().why());
            }
        }
        return Optional.empty();
    }

    /** When all of a bundle's secrets had been asked about; empty if some never were. */
    public synchronized Optional<Instant> checked(Bundle bundle) {
        Instant oldest = null;
        for (var ref : bundle.refs()) {
            var line = lines.get(ref);
            if (line == null) {
                return Optional.empty();
            }
            oldest = oldest == null || line.checked().isBefore(oldest) ? line.checked() : oldest;
        }
        return Optional.ofNullable(oldest);
    }
}
