package io.dso.cli.output;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Rows under a header. */
public final class Table {
    private final List<String> header;
    private final List<List<Cell>> rows = new ArrayList<>();
    private String tag = "";

    public Table(String... header) {
        this.header = List.of(header);
    }

    /** Where several tables go through one pipe, each line starts with its table's tag. */
    public Table tagged(String kind) {
        tag = kind + "\t";
        return this;
    }

    /** @throws IllegalArgumentException if there aren't as many cells as columns */
    public Table row(Cell... cells) {
        if (cells.length != header.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + header.size() + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Aligned, with a header; nothing at all without rows. */
    public String shown(Instant now) {
        if (rows.isEmpty()) {
            return "";
        }
        var lines = new ArrayList<List<String>>();
        lines.add(header);
        rows.forEach(row -> lines.add(row.stream().map(cell -> cell.shown(now)).toList()));
        var widths = new ArrayList<>(Collections.nCopies(header.size(), 0));
        for (var line : lines) {
            for (int column = 0; column < line.size(); column++) {
                widths.set(column, Math.max(widths.get(column), width(line.get(column))));
            }
        }
        var text = new StringBuilder();
        for (var line : lines) {
            for (int column = 0; column < line.size() - 1; column++) {
                var cell = line.get(column);
                text.append(cell).repeat(' ', widths.get(column) - width(cell) + 2);
            }
            text.append(line.getLast()).append('\n');
        }
        return text.toString();
    }

    /** A line a row, fields between tabs. */
    public String piped() {
        var text = new StringBuilder();
        for (var row : rows) {
            text.append(tag)
                    .append(String.join("\t", row.stream().map(Cell::piped).toList()))
                    .append('\n');
        }
        return text.toString();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
