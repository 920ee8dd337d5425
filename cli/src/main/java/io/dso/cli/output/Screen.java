package io.dso.cli.output;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Where results go, in the form that was asked for. */
public final class Screen {
    private final Format format;
    private final OutputStream out;
    private final InstantSource clock;

    public Screen(Format format, OutputStream out, InstantSource clock) {
        this.format = format;
        this.out = out;
        this.clock = clock;
    }

    public Format format() {
        return format;
    }

    /** Shows one result: as JSON, or as its tables, a blank line between them for people. */
    public void show(Json json, Table... tables) {
        var now = clock.instant();
        write(
                switch (format) {
                    case JSON -> json.line();
                    case TABS -> Arrays.stream(tables).map(Table::piped).collect(Collectors.joining());
                    case TABLE ->
                        Arrays.stream(tables)
                                .filter(table -> !table.isEmpty())
                                .map(table -> table.shown(now))
                                .collect(Collectors.joining("\n"));
                });
    }

    /** Shows text that is made for all. */
    public void text(String text) {
        write(text);
    }

    private void write(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the reader is gone; Dso decides
        }
    }
}
