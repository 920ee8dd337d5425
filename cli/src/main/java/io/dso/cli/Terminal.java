package io.dso.cli;

/** The person, if there is one. */
public interface Terminal {
    /** Standard input is typed by a person. */
    boolean typed();

    /** Standard output is read by a person. */
    boolean shown();

    /**
     * Asks without echo. The caller wipes the answer; it is empty at the end of input.
     *
     * @throws Failure if that isn't possible here
     */
    char[] askHidden(String question);

    /** Asks; the answer is empty at the end of input. */
    String ask(String question);
}
