package io.dso.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Runs the command with everything around it in the test's hand. */
public final class Stage {
    /** The moment at which tests take place. */
    public static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private final Map<String, String> environment = new HashMap<>();
    private final Deque<String> answers = new ArrayDeque<>();
    private InputStream in = InputStream.nullInputStream();
    private boolean typed;
    private boolean shown;

    /** What came of it. */
    public record Outcome(int exit, byte[] bytes, String err) {
        public String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    public Stage with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    public Stage input(byte[] bytes) {
        in = new ByteArrayInputStream(bytes);
        return this;
    }

    /** Somebody types: these answers, in order. */
    public Stage typing(String... lines) {
        typed = true;
        answers.addAll(Arrays.asList(lines));
        return this;
    }

    /** Somebody looks at the output. */
    public Stage onTerminal() {
        shown = true;
        return this;
    }

    public Outcome run(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var surroundings = new Surroundings(
                in,
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new Person(),
                environment,
                InstantSource.fixed(NOW));
        int exit = new Dso(surroundings).run(arguments);
        return new Outcome(exit, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    private final class Person implements Terminal {
        @Override
        public boolean typed() {
            return typed;
        }

        @Override
        public boolean shown() {
            return shown;
        }

        @Override
        public char[] askHidden(String question) {
            return ask(question).toCharArray();
        }

        @Override
        public String ask(String question) {
            return answers.isEmpty() ? "" : answers.remove();
        }
    }
}
