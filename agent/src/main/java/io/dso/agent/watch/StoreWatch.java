package io.dso.agent.watch;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.fetch.Fetcher;
import io.dso.agent.record.Metrics;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.VersionId;
import io.dso.agent.time.Deadline;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Compares versions, on a poll, a push or a question, and hints at secrets whose version is another one. */
public final class StoreWatch {
    private static final Logger LOG = Logger.getLogger(StoreWatch.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Fetcher fetcher;
    private final VersionBoard board;
    private final Metrics metrics;
    private final InstantSource clock;
    private final Consumer<Set<SecretRef>> changed;
    private final Map<String, Polls> polls = new ConcurrentHashMap<>();

    /**
     * Watches nothing by itself.
     *
     * @param changed is told of secrets whose version isn't what it was
     */
    public StoreWatch(
            Fetcher fetcher,
            VersionBoard board,
            Metrics metrics,
            InstantSource clock,
            Consumer<Set<SecretRef>> changed) {
        this.fetcher = fetcher;
        this.board = board;
        this.metrics = metrics;
        this.clock = clock;
        this.changed = changed;
    }

    /** Asks about secrets now; hints before it returns. An answer that a later question has overtaken is replaced by its. */
    public Map<SecretRef, Answer<VersionId>> look(Collection<SecretRef> refs, Deadline deadline) {
        if (refs.isEmpty()) {
            return Map.of();
        }
        long ticket = board.ticket();
        var answers = fetcher.versions(refs, deadline);
        count(answers);
        var different = board.note(ticket, answers);
        if (!different.isEmpty()) {
            changed.accept(different);
        }
        return board.newest(ticket, answers);
    }

    /**
     * Asks for somebody who doesn't wait for the answers, such as a poll: one question at a time to each provider, none
     * to one that throttles. Returns when all have answered or are left alone.
     */
    public void look(Collection<SecretRef> refs) {
        var byProvider = refs.stream().distinct().collect(Collectors.groupingBy(SecretRef::provider));
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            byProvider.forEach((provider, theirs) -> tasks.execute(() -> poll(provider, theirs)));
        } // close waits for all
    }

    private void poll(String provider, List<SecretRef> refs) {
        try {
            polls.computeIfAbsent(
                            provider,
                            _ -> new Polls(
                                    provider,
                                    clock,
                                    () -> ThreadLocalRandom.current().nextDouble()))
                    .ask(refs, rest -> look(rest, Deadline.after(PATIENCE, clock)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the agent stops
        } catch (RuntimeException e) {
            LOG.errorf(e, "comparing versions failed provider=%s", provider);
        }
    }

    /**
     * Asks for the versions of a bundle's secrets, and takes no note of them: nothing follows from it. For what can't be
     * learned now the last answer counts.
     */
    public Answer<Map<SecretRef, VersionId>> peek(Bundle bundle, Deadline deadline) {
        var answers = fetcher.versions(bundle.refs(), deadline);
        count(answers);
        Map<SecretRef, VersionId> versions = new HashMap<>();
        answers.forEach((ref, answer) -> {
            if (answer instanceof Answer.Got<VersionId>(var version)) {
                versions.put(ref, version);
            }
        });
        return versions.size() == answers.size() ? Answer.got(versions) : board.versions(bundle);
    }

    private void count(Map<SecretRef, Answer<VersionId>> answers) {
        answers.keySet().stream().map(SecretRef::provider).distinct().forEach(provider -> {
            boolean got = answers.entrySet().stream()
                    .anyMatch(entry -> entry.getKey().provider().equals(provider)
                            && entry.getValue() instanceof Answer.Got<VersionId>);
            metrics.asked(provider, got);
        });
    }
}
