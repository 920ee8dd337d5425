package io.dso.agent.config;

import io.dso.agent.problem.Problem;
import java.util.List;

/** What reading a configuration file gives. */
public sealed interface Loaded {

    /** The file is free of mistakes. */
    record Good(Settings settings) implements Loaded {}

    /**
     * It isn't.
     *
     * @param problems all of them, root causes first; at least one
     */
    record Bad(List<Problem> problems) implements Loaded {
        public Bad {
            problems = List.copyOf(problems);
        }
    }
}
