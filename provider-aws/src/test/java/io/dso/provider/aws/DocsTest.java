package io.dso.provider.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.ProviderConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What docs/providers/aws.md says can be done. */
class DocsTest {
    private static final Pattern YAML = Pattern.compile("(?sm)^```yaml\n(.*?)^```");
    private static final Pattern JSON = Pattern.compile("(?sm)^```json\n(.*?)^```");
    private static final Pattern KEY = Pattern.compile("(?m)^\\| `([a-z-]+)` \\|");

    private static String page() throws IOException {
        return Files.readString(Path.of("../docs/providers/aws.md"));
    }

    private static List<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    @Test
    void every_sample_opens_and_its_paths_mean_something() throws Exception {
        int paths = 0;
        var samples = matches(YAML, page());
        for (var sample : samples) {
            var dso = new Gson()
                    .toJsonTree(new Yaml().load(sample))
                    .getAsJsonObject()
                    .getAsJsonObject("dso");
            var text = dso.getAsJsonObject("providers").getAsJsonObject("aws").getAsJsonObject("config");
            var config = ProviderConfig.parse(text.toString());
            Main.open(config).close();
            config.refuseUnasked();
            var roles = text.has("roles") ? text.getAsJsonObject("roles").keySet() : Set.<String>of();
            for (var path : paths(dso)) {
                Address.of(path, new Place("eu-central-1", ""), roles);
                paths++;
            }
        }
        assertThat(samples).hasSizeGreaterThan(5);
        assertThat(paths).isGreaterThan(3);
    }

    private static Set<String> paths(JsonObject dso) {
        var paths = new TreeSet<String>();
        var bundles = dso.has("bundles") ? dso.getAsJsonObject("bundles") : new JsonObject();
        for (JsonElement bundle : bundles.asMap().values()) {
            bundle.getAsJsonObject()
                    .getAsJsonArray("secrets")
                    .forEach(secret ->
                            paths.add(secret.getAsJsonObject().get("path").getAsString()));
        }
        return paths;
    }

    @Test
    void policies_and_patterns_are_json() throws Exception {
        assertThat(matches(JSON, page()))
                .hasSize(2)
                .allMatch(json -> JsonParser.parseString(json).isJsonObject());
    }

    @Test
    void the_table_of_keys_is_complete() throws Exception {
        var page = page();
        var keys = new TreeSet<>(matches(KEY, page.substring(page.indexOf("## Keys"), page.indexOf("## Credentials"))));
        var config = ProviderConfig.parse("{\"region\": \"eu-central-1\", \"zz\": 1}");
        Main.open(config).close();

        assertThatThrownBy(config::refuseUnasked)
                .isInstanceOf(ConfigException.class)
                .hasMessage("unknown key 'zz', known are " + String.join(", ", keys));
    }
}
