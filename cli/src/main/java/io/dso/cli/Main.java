package io.dso.cli;

/** The process {@code dso}. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new Dso(Surroundings.ofProcess()).run(arguments));
    }
}
