package io.dso.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever stands in the file is settings or mistakes with a place, and never an exception. */
@Timeout(120)
class ConfigFuzzTest {
    private static final List<String> PIECES = List.of(
            ":",
            " ",
            "\n",
            "\n  ",
            "- ",
            "{",
            "}",
            "[",
            "]",
            "\"",
            "'",
            "&a ",
            "*a",
            "<<: ",
            "!!int ",
            "!x ",
            "~",
            "? ",
            "|\n",
            ">\n",
            "#",
            "---\n",
            "...\n",
            "%YAML 1.1\n",
            "\t",
            "\0",
            "\u0085",
            "\u2028",
            "\uFEFF",
            "\uD83D\uDE00",
            "0400",
            "1e999",
            "null",
            "true",
            "99999999999999999999",
            "dso",
            "providers",
            "bundles",
            "secrets",
            "path");

    @Test
    void no_text_makes_the_reader_fail() throws IOException {
        var random = new Random(20261124);
        var texts = samples();
        for (int i = 0; i < 5_000; i++) {
            var text = mutated(texts.get(random.nextInt(texts.size())), random);
            var mistakes = new Mistakes(Path.of("dso.yaml"));

            var settings = YamlTree.parse(text, mistakes)
                    .flatMap(tree -> new Grammar(kind -> Path.of("/x", kind)).settings(tree, mistakes));

            assertThat(settings.isEmpty()).as("%s", text).isEqualTo(mistakes.count() > 0);
            assertThat(mistakes.all())
                    .as("%s", text)
                    .allSatisfy(problem -> assertThat(problem.where()).matches("dso\\.yaml(:[1-9][0-9]*)?"));
        }
    }

    private static List<String> samples() throws IOException {
        List<String> samples = new ArrayList<>();
        try (var files = Files.list(Path.of("src/test/resources/config/mistakes"))) {
            for (var file : files.filter(each -> each.toString().endsWith(".yaml"))
                    .sorted()
                    .toList()) {
                samples.add(Files.readString(file));
            }
        }
        var page = Files.readString(Path.of("../docs/configuration.md"));
        for (var part : page.split("```yaml\n", -1)) {
            samples.add(part.substring(0, Math.max(0, part.indexOf("```"))));
        }
        return samples;
    }

    private static String mutated(String text, Random random) {
        var out = new StringBuilder(text);
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(out.length() + 1);
            switch (random.nextInt(3)) {
                case 0 -> out.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 1 -> out.delete(at, Math.min(out.length(), at + 1 + random.nextInt(8)));
                default -> {
                    int from = random.nextInt(out.length() + 1);
                    out.insert(at, out.substring(Math.min(from, at), Math.max(from, at)));
                    out.setLength(Math.min(out.length(), 4_000));
                }
            }
        }
        return out.toString();
    }
}
