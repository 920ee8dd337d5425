package io.dso.agent.provider;

/** Text from another process, made fit for a log line or an error text: one line, bounded, nothing that moves cursors. */
final class OneLine {
    private static final int MAX = 300;

    static String of(String text) {
        var line = new StringBuilder(Math.min(text.length(), MAX) + 1);
        text.codePoints()
                .limit(MAX)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
                .forEach(line::appendCodePoint);
        if (text.length() > line.length()) {
            line.append('…');
        }
        return line.toString().strip();
    }

    private OneLine() {}
}
