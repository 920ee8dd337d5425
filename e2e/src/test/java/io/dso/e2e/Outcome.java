package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

/** What a finished command left behind. */
record Outcome(String command, int exitCode, byte[] stdout, String stderr) {

    /** Standard output as text, without white space around it. */
    String text() {
        return new String(stdout, UTF_8).strip();
    }

    /** This, if the command ended well; otherwise the test fails with all the command said. */
    Outcome succeeded() {
        if (exitCode != 0) {
            throw new AssertionError(command + " ended with " + exitCode + ": " + stderr.strip() + " " + shortened());
        }
        return this;
    }

    private String shortened() {
        return text().length() > 500 ? text().substring(0, 500) + " …" : text();
    }
}
