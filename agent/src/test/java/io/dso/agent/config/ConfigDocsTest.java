package io.dso.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The docs say what the grammar says; {@code -Ddso.update} writes them anew. */
class ConfigDocsTest {
    private static final Path ROOT = Path.of("..");
    private static final Path SCHEMA = ROOT.resolve("docs/dso.schema.json");
    private static final Path CONFIGURATION = ROOT.resolve("docs/configuration.md");
    private static final Pattern TABLE = Pattern.compile("(?s)(?<=<!-- keys -->\n).*(?=<!-- /keys -->)");
    private static final Pattern SAMPLE = Pattern.compile("(?sm)^```yaml\n(dso:\n.*?)^```");

    private final JsonNode schema = new Grammar(kind -> Path.of("/x", kind)).schema();

    @TempDir
    Path temp;

    @Test
    void the_published_schema_is_the_one_the_agent_reads_by() throws IOException {
        var written = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
        if (Boolean.getBoolean("dso.update")) {
            Files.writeString(SCHEMA, written);
        }
        assertThat(Files.readString(SCHEMA)).isEqualTo(written);
    }

    @Test
    void the_table_of_keys_is_complete() throws IOException {
        List<String> rows = new ArrayList<>(List.of("| Key | Meaning | Default |", "| --- | --- | --- |"));
        rows("", schema, rows);
        var table = String.join("\n", rows) + "\n";
        var page = Files.readString(CONFIGURATION);
        if (Boolean.getBoolean("dso.update")) {
            page = TABLE.matcher(page).replaceFirst(match -> table.replace("\\", "\\\\"));
            Files.writeString(CONFIGURATION, page);
        }
        assertThat(TABLE.matcher(page).results().map(match -> match.group()).findFirst())
                .hasValue(table);
    }

    @Test
    void every_sample_in_the_docs_loads() throws IOException {
        int samples = 0;
        for (var page : pages()) {
            var matches = SAMPLE.matcher(Files.readString(page));
            while (matches.find()) {
                var file = Files.writeString(temp.resolve("dso.yaml"), matches.group(1));
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
                assertThat(ConfigFile.read(file, kind -> Path.of("/x", kind)))
                        .as("%s: %s", page, matches.group(1))
                        .isInstanceOf(Loaded.Good.class);
                samples++;
            }
        }
        assertThat(samples).isGreaterThanOrEqualTo(2);
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (var docs = Files.walk(ROOT.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
        }
        var readme = ROOT.resolve("README.md");
        if (Files.exists(readme)) {
            pages.add(readme);
        }
        return pages;
    }

    /** One row for each key that holds something itself, the short and the long form of a value as one. */
    private static void rows(String path, JsonNode shape, List<String> rows) {
        shape.path("properties").properties().forEach(property -> {
            var name = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
            var meaning = property.getValue().path("description").asText();
            var written = property.getValue().path("default").asText();
            boolean required = StreamSupport.stream(shape.path("required").spliterator(), false)
                    .anyMatch(key -> key.asText().equals(property.getKey()));
            rows.add("| `%s` | %s | %s |"
                    .formatted(name, meaning, required ? "required" : written.isEmpty() ? "" : "`" + written + "`"));
            rows(name, property.getValue(), rows);
        });
        shape.path("patternProperties").forEach(value -> rows(path + ".NAME", value, rows));
        if (shape.has("items")) {
            rows(path + "[]", shape.path("items"), rows);
        }
        shape.path("anyOf").forEach(value -> rows(path, value, rows));
    }
}
