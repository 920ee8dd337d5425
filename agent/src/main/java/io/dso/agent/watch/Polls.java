package io.dso.agent.watch;

import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Refusal;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.VersionId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Polls of one provider, and other questions to it that nobody waits for. Thread-safe.
 *
 * <ol>
 *   <li>One at a time, so that a start's question, which isn't one of these, is never behind a queue of them.
 *   <li>Whoever waited, and was asked for by a question that began meanwhile, isn't asked for again.
 *   <li>While the store throttles there is none: for as long as it says, and longer each time it throttles again. Each
 *       answer without throttling makes the next pause half as long.
 * </ol>
 */
final class Polls {
    private static final Logger LOG = Logger.getLogger(Polls.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final int MOST_PAUSES = 7; // each twice as long: some 5 minutes the last

    private final String provider;
    private final InstantSource clock;
    private final DoubleSupplier random;
    private final ReentrantLock turn = new ReentrantLock(true);
    private final Map<SecretRef, Long> begins = new HashMap<>(); // under the turn
    private int throttled; // under the turn
    private volatile Instant quietUntil = Instant.MIN;

    Polls(String provider, InstantSource clock, DoubleSupplier random) {
        this.provider = provider;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Asks, when it is its turn.
     *
     * @param question asks, and gives the answers
     */
    void ask(Collection<SecretRef> refs, Function<List<SecretRef>, Map<SecretRef, Answer<VersionId>>> question)
            throws InterruptedException {
        var wanted = System.nanoTime();
        turn.lockInterruptibly(); // 1
        try {
            var rest = refs.stream().filter(ref -> begunBefore(ref, wanted)).toList(); // 2
            if (rest.isEmpty() || clock.instant().isBefore(quietUntil)) { // 3
                return;
            }
            long now = System.nanoTime();
            rest.forEach(ref -> begins.put(ref, now));
            conclude(question.apply(rest));
        } finally {
            turn.unlock();
        }
    }

    private boolean begunBefore(SecretRef ref, long wanted) {
        var last = begins.get(ref);
        return last == null || last - wanted < 0;
    }

    private void conclude(Map<SecretRef, Answer<VersionId>> answers) {
        var asks = Duration.ZERO;
        boolean any = false;
        for (var answer : answers.values()) {
            if (answer instanceof Answer.Refused<VersionId>(Refusal why) && why.kind() == Refusal.Kind.THROTTLED) {
                any = true;
                asks = why.retryAfter().compareTo(asks) > 0 ? why.retryAfter() : asks;
            }
        }
        if (!any) {
            throttled = Math.max(0, throttled - 1);
            return;
        }
        throttled = Math.min(throttled + 1, MOST_PAUSES);
        var own = FIRST_PAUSE.multipliedBy(1L << (throttled - 1));
        var jittered = Duration.ofMillis((long) (own.toMillis() * (0.75 + random.getAsDouble() / 2)));
        var pause = jittered.compareTo(asks) > 0 ? jittered : asks;
        quietUntil = clock.instant().plus(pause);
        LOG.warnf("throttled provider=%s next question in %s", provider, pause);
    }
}
