package io.dso.agent.engine;

/** Stands for kill -9 in tests: nothing of ours catches it. */
public final class Killed extends Error {
    private static final long serialVersionUID = 1;

    public Killed(String where) {
        super("killed " + where);
    }
}
