package io.dso.agent.config;

import io.dso.agent.problem.Problem;
import io.dso.agent.problem.ProblemId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one file, in the order it is found: what comes first is read first, causes early. */
final class Mistakes {
    private final Path file;
    private final List<Problem> problems = new ArrayList<>();

    Mistakes(Path file) {
        this.file = file;
    }

    /** A mistake of the file as a whole. */
    void add(ProblemId id, String what, String fix) {
        problems.add(new Problem(id, what, file.toString(), fix));
    }

    /** A mistake on a line, counted from 1. */
    void add(ProblemId id, String what, int line, String fix) {
        problems.add(new Problem(id, what, file + ":" + line, fix));
    }

    int count() {
        return problems.size();
    }

    List<Problem> all() {
        return List.copyOf(problems);
    }
}
