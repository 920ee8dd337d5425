package io.dso.agent.decide;

import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.bundle.Signals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a container's labels ask of its reloads: requests of whoever created it, which count within the bundle that the file
 * grants it. If one of them is wrong none counts, and the bundle's policy holds.
 */
public final class Labels {
    static final String RELOADER = "dso.reloader";
    static final String STRATEGY = "dso.strategy";
    static final String SIGNAL = "dso.signal";
    static final String EXEC = "dso.exec";
    private static final Set<String> OURS = Set.of(RELOADER, STRATEGY, SIGNAL, EXEC);

    private Labels() {}

    /** What holds for one container. */
    public sealed interface Reading {
        /** It is reloaded so. */
        record As(ReloadPolicy policy) implements Reading {}

        /** It wants to be left as it is while it runs. */
        record LeftAlone() implements Reading {}

        /**
         * A label is wrong: the bundle's policy holds.
         *
         * @param why which one and why, one sentence
         */
        record Wrong(ReloadPolicy policy, String why) implements Reading {}
    }

    /** True if some label is ours, so that it matters whose it is. */
    public static boolean any(Map<String, String> labels) {
        return labels.keySet().stream().anyMatch(OURS::contains);
    }

    /**
     * Our labels that whoever created the container set. The engine merges them with the image's: one with the image's value
     * counts as the image's, since whoever built that could have written it.
     */
    public static Map<String, String> own(Map<String, String> labels, Map<String, String> imageLabels) {
        Map<String, String> own = new HashMap<>(labels);
        own.keySet().retainAll(OURS);
        own.entrySet().removeIf(label -> label.getValue().equals(imageLabels.get(label.getKey())));
        return Map.copyOf(own);
    }

    /**
     * What they come to.
     *
     * @param policy the bundle's
     * @param own as {@link #own} has them
     */
    public static Reading read(ReloadPolicy policy, Map<String, String> own) {
        var reloader = own.getOrDefault(RELOADER, "true");
        if (reloader.equals("false")) {
            return new Reading.LeftAlone();
        }
        var mistakes = new ArrayList<String>();
        if (!reloader.equals("true")) {
            mistakes.add("%s is true or false, not '%s'".formatted(RELOADER, reloader));
        }
        var asked = policyOf(policy, own, mistakes);
        return mistakes.isEmpty()
                ? new Reading.As(asked)
                : new Reading.Wrong(policy, "label %s; the bundle's policy holds".formatted(mistakes.getFirst()));
    }

    /** A signal or a command without a strategy asks for the strategy as well. */
    private static ReloadPolicy policyOf(ReloadPolicy policy, Map<String, String> own, List<String> mistakes) {
        var signal = Optional.ofNullable(own.get(SIGNAL));
        var exec = Optional.ofNullable(own.get(EXEC));
        if (signal.isPresent() && exec.isPresent()) {
            mistakes.add("%s and %s exclude each other".formatted(SIGNAL, EXEC));
        }
        var strategy = Optional.ofNullable(own.get(STRATEGY)).flatMap(word -> strategy(word, mistakes));
        var asked = strategy.map(policy::by).orElse(policy);
        if (signal.isPresent()) {
            fits(SIGNAL, Strategy.SIGNAL, strategy, mistakes);
            asked = asked.signalling(signal.filter(Signals::known).orElseGet(() -> {
                mistakes.add("%s: there is no signal '%s', write SIGHUP or the like".formatted(SIGNAL, signal.get()));
                return policy.signal();
            }));
        }
        if (exec.isPresent()) {
            fits(EXEC, Strategy.EXEC, strategy, mistakes);
            asked = asked.running(words(exec.get(), mistakes));
        }
        if (asked.strategy() == Strategy.EXEC && asked.hook().command().isEmpty()) {
            mistakes.add("%s: exec needs a command, in %s or in the bundle's policy".formatted(STRATEGY, EXEC));
        }
        return asked;
    }

    private static Optional<Strategy> strategy(String word, List<String> mistakes) {
        var found = Strategy.named(word);
        if (found.isEmpty()) {
            mistakes.add("%s: there is no strategy '%s', use one of %s".formatted(STRATEGY, word, Strategy.words()));
        }
        return found;
    }

    private static void fits(String label, Strategy needed, Optional<Strategy> asked, List<String> mistakes) {
        asked.filter(strategy -> strategy != needed)
                .ifPresent(strategy ->
                        mistakes.add("%s has no effect with %s=%s".formatted(label, STRATEGY, strategy.word())));
    }

    /** Program and arguments, separated by blanks. No shell reads it: quotes would be part of the words, and are refused. */
    private static List<String> words(String command, List<String> mistakes) {
        if (command.isBlank()) {
            mistakes.add("%s is empty".formatted(EXEC));
        }
        if (command.indexOf('"') >= 0 || command.indexOf('\'') >= 0) {
            mistakes.add("%s has quotes, which mean nothing there: its words are separated by blanks".formatted(EXEC));
        }
        return command.isBlank() ? List.of() : List.of(command.strip().split("\\s+"));
    }
}
