package io.dso.cli;

/** A command that didn't work: what is wrong, where, how to mend it, and the exit code. Never holds a value. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exit;
    private final String what;
    private final String where;
    private final String fix;

    /**
     * @param exit one of {@link Exit}
     * @param where and {@code fix} may be empty
     */
    public Failure(int exit, String what, String where, String fix) {
        super(what);
        this.exit = exit;
        this.what = what;
        this.where = where;
        this.fix = fix;
    }

    public Failure(int exit, String what, String where, String fix, Throwable cause) {
        this(exit, what, where, fix);
        initCause(cause);
    }

    public int exit() {
        return exit;
    }

    /** As it is shown: up to three lines, their labels aligned. */
    public String text() {
        var text = new StringBuilder("error: ").append(what).append('\n');
        if (!where.isEmpty()) {
            text.append("   at: ").append(where).append('\n');
        }
        if (!fix.isEmpty()) {
            text.append("  fix: ").append(fix).append('\n');
        }
        return text.toString();
    }
}
