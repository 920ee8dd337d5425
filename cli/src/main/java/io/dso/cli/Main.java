package io.dso.cli;

/** The process {@code dso}. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        int exit = new Dso(Surroundings.ofProcess()).run(arguments);
        Runtime.getRuntime().halt(exit); // nothing is left to be put in order, and this is the faster way out
    }
}
