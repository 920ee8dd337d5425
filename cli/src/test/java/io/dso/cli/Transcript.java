package io.dso.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A file that shows commands with what they print, and is checked against what they do print:
 *
 * <pre>
 * $ dso status nope          a command; "tty: " before "dso" has it print for a person
 * ! error: …                 a line of standard error
 * bundle  …                  a line of standard output
 * [66]                       the exit code, unless it is 0
 * </pre>
 *
 * Run with {@code -Dtranscripts=write} to write what came instead, and read the difference before committing it.
 */
final class Transcript {
    private static final Path FOLDER = Path.of("src/test/resources/transcripts");

    private Transcript() {}

    /** @param same what differs from run to run (a directory), and what stands for it */
    static void check(String name, Supplier<Stage> stage, Map<String, String> same) throws IOException {
        var file = FOLDER.resolve(name + ".txt");
        var expected = Files.readString(file);
        var actual = new StringBuilder();
        for (var line : expected.lines().toList()) {
            if (line.startsWith("$ ") || line.startsWith("#")) {
                actual.append(actual.isEmpty() ? "" : "\n").append(line).append('\n');
            }
            if (line.startsWith("$ ")) {
                actual.append(masked(run(line.substring(2), stage.get()), same));
            }
        }
        if ("write".equals(System.getProperty("transcripts"))) {
            Files.writeString(file, actual);
        }
        assertThat(actual.toString()).isEqualTo(expected);
    }

    private static String run(String command, Stage stage) {
        var line = command;
        if (line.startsWith("tty: ")) {
            stage.onTerminal();
            line = line.substring(5);
        }
        int input = line.indexOf(" <<< ");
        if (input >= 0) {
            stage.input(line.substring(input + 5).getBytes(StandardCharsets.UTF_8));
            line = line.substring(0, input);
        }
        assertThat(line).startsWith("dso");
        var words = List.of(line.split(" +"));
        var outcome = stage.run(words.subList(1, words.size()).toArray(String[]::new));
        var text = new ArrayList<String>();
        outcome.err().lines().map(err -> ("! " + err).stripTrailing()).forEach(text::add);
        outcome.out().lines().map(String::stripTrailing).forEach(text::add);
        if (outcome.exit() != 0) {
            text.add("[" + outcome.exit() + "]");
        }
        return text.isEmpty() ? "" : String.join("\n", text) + "\n";
    }

    private static String masked(String text, Map<String, String> same) {
        var masked = text;
        for (var pair : same.entrySet()) {
            masked = masked.replace(pair.getKey(), pair.getValue());
        }
        return masked.replaceAll("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+Z", "TIME");
    }
}
