package io.dso.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The terminal of this process. The JDK tells only whether all of a process is at a terminal, /proc tells each stream. */
final class ProcessTerminal implements Terminal {

    @Override
    public boolean typed() {
        return isTerminal(0);
    }

    @Override
    public boolean shown() {
        return isTerminal(1);
    }

    private static boolean isTerminal(int descriptor) {
        try {
            var target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false; // closed, or no /proc: nobody there
        }
    }

    @Override
    public char[] askHidden(String question) {
        var answer = console().readPassword("%s", question);
        return answer == null ? new char[0] : answer;
    }

    @Override
    public String ask(String question) {
        var answer = console().readLine("%s", question);
        return answer == null ? "" : answer;
    }

    private static Console console() {
        var console = System.console();
        if (console == null) {
            throw new Failure(
                    Exit.USAGE,
                    "there is nobody to ask: output doesn't go to the terminal",
                    "",
                    "pipe the input instead");
        }
        return console;
    }
}
