package io.dso.provider.tck;

/** Something is missing for a check. */
final class Untried extends RuntimeException {
    private static final long serialVersionUID = 1;

    Untried(String why) {
        super(why);
    }
}
