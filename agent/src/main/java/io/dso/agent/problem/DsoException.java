package io.dso.agent.problem;

import java.util.List;
import java.util.stream.Collectors;

/** Something that can't go on, told so that a person can mend it. */
public final class DsoException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    public DsoException(Problem problem) {
        this(List.of(problem));
    }

    public DsoException(Problem problem, Throwable cause) {
        super(problem.line(), cause);
        this.problems = List.of(problem);
    }

    /** All mistakes at once, root causes first. At least one. */
    public DsoException(List<Problem> problems) {
        super(problems.stream().map(Problem::line).collect(Collectors.joining("\n")));
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("no problem");
        }
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
