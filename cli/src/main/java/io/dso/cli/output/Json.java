package io.dso.cli.output;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** JSON in one line. Field names are camelCase, times RFC 3339, versions of secrets text. */
public interface Json {
    void writeTo(JsonWriter out) throws IOException;

    /** One line, with its end. */
    default String line() {
        var text = new StringWriter();
        try (var out = new JsonWriter(text)) {
            writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("text can always be written", e);
        }
        return text.append('\n').toString();
    }
}
