package io.dso.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes a section of docs/performance.md, one a kind and engine, and leaves the rest of the file as it is. */
final class Report {
    private static final String BEGIN = "<!-- measured -->\n";
    private static final String END = "<!-- /measured -->\n";
    private static final Pattern SECTION =
            Pattern.compile("<!-- section (\\S+) -->\n(.*?)<!-- /section -->\n", Pattern.DOTALL);

    private Report() {}

    static void write(Path file, String key, String section) {
        try {
            Files.writeString(file, put(Files.readString(file), key, section));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The document with this section in place of the one with the same key: native before JVM, newer engines first. */
    static String put(String document, String key, String section) {
        int begin = document.indexOf(BEGIN);
        int end = document.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("the report has no lines " + BEGIN.strip() + " and " + END.strip());
        }
        begin += BEGIN.length();
        Map<String, String> sections = new TreeMap<>(Comparator.reverseOrder());
        var found = SECTION.matcher(document.substring(begin, end));
        while (found.find()) {
            sections.put(found.group(1), found.group(2));
        }
        sections.put(key, section);
        var text = sections.entrySet().stream()
                .map(each -> "<!-- section %s -->\n%s<!-- /section -->\n".formatted(each.getKey(), each.getValue()))
                .collect(Collectors.joining());
        return document.substring(0, begin) + text + document.substring(end);
    }

    static String table(List<Row> rows) {
        return "| | Budget | Measured | |\n| --- | --- | --- | --- |\n"
                + rows.stream()
                        .map(row -> "| %s | %s | %s | %s |\n"
                                .formatted(row.what(), row.budget().text(), row.measured(), row.verdict()))
                        .collect(Collectors.joining());
    }
}
