package io.dso.provider.sdk;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/** Asks one question about many things side by side, a few at a time. */
public final class Abreast {
    private static final int AT_ONCE = 8;

    /** What is asked. */
    public interface Question<A, R> {
        R about(A subject) throws InterruptedException;
    }

    /** The answers by subject, in the subjects' order. */
    public static <A, R> Map<A, R> ask(Collection<A> subjects, Question<A, R> question) throws InterruptedException {
        var answers = new LinkedHashMap<A, R>();
        if (subjects.size() == 1) {
            var only = subjects.iterator().next();
            answers.put(only, question.about(only));
            return answers;
        }
        var free = new Semaphore(AT_ONCE);
        List<Callable<R>> tasks = new ArrayList<>();
        for (var subject : subjects) {
            tasks.add(() -> {
                free.acquire();
                try {
                    return question.about(subject);
                } finally {
                    free.release();
                }
            });
        }
        try (var threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("ask-", 0).factory())) {
            var results = threads.invokeAll(tasks).iterator();
            for (var subject : subjects) {
                answers.put(subject, results.next().get());
            }
            return answers;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException bug -> throw bug;
                case Error bug -> throw bug;
                case null, default -> throw new InterruptedException("a question was interrupted");
            }
        }
    }

    private Abreast() {}
}
