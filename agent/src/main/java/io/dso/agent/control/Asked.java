package io.dso.agent.control;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.Order.Manner;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.Problem;
import io.dso.agent.problem.ProblemId;

/** What callers ask for, as things. */
final class Asked {
    private Asked() {}

    /**
     * The way in which to rotate a bundle.
     *
     * @param strategy a strategy's name; empty for as configured
     * @throws DsoException (STRATEGY_UNUSABLE) if there is none of that name, or the bundle doesn't say enough for it
     */
    static Manner manner(String strategy, Bundle bundle) {
        if (strategy.isEmpty()) {
            return new Manner.AsConfigured();
        }
        var known = Strategy.named(strategy)
                .orElseThrow(() ->
                        unusable("there is no strategy '%s'".formatted(strategy), "use one of " + Strategy.words()));
        if (known == Strategy.EXEC && bundle.reload().hook().command().isEmpty()) {
            throw unusable(
                    "bundle %s has no command to run".formatted(bundle.name()),
                    "write it under bundles.%s.reload.exec".formatted(bundle.name()));
        }
        return new Manner.By(known);
    }

    private static DsoException unusable(String what, String fix) {
        return new DsoException(new Problem(ProblemId.STRATEGY_UNUSABLE, what, "--strategy", fix));
    }

    /** The same in words; empty for as configured. */
    static String word(Manner manner) {
        return switch (manner) {
            case Manner.AsConfigured() -> "";
            case Manner.By(var strategy) -> strategy.word();
        };
    }
}
