package io.dso.provider.tck;

/** The provider doesn't do what the contract says. The message never holds a value. */
final class Nonconformity extends RuntimeException {
    private static final long serialVersionUID = 1;

    Nonconformity(String why) {
        super(why);
    }

    /** Fails unless it holds. */
    static void unless(boolean holds, String why) {
        if (!holds) {
            throw new Nonconformity(why);
        }
    }
}
