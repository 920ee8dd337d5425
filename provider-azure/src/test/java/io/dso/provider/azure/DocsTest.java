package io.dso.provider.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.ProviderConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What docs/providers/azure.md says can be done. */
class DocsTest {
    private static final Pattern YAML = Pattern.compile("(?sm)^```yaml\n(.*?)^```");
    private static final Pattern KEY = Pattern.compile("(?m)^\\| `([a-z-]+)` \\|");

    private static String page() throws IOException {
        return Files.readString(Path.of("../docs/providers/azure.md"));
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
            var provider = dso.getAsJsonObject("providers").getAsJsonObject("azure");
            var config = ProviderConfig.parse(provider.getAsJsonObject("config").toString());
            Main.open(config, InstantSource.system()).close();
            config.refuseUnasked();
            for (var path : paths(dso)) {
                Address.of(path);
                paths++;
            }
        }
        assertThat(samples).hasSizeGreaterThanOrEqualTo(6);
        assertThat(paths).isEqualTo(2);
    }

    private static Set<String> paths(JsonObject dso) {
        var paths = new TreeSet<String>();
        var bundles = dso.has("bundles") ? dso.getAsJsonObject("bundles") : new JsonObject();
        for (var bundle : bundles.asMap().values()) {
            bundle.getAsJsonObject()
                    .getAsJsonArray("secrets")
                    .forEach(secret ->
                            paths.add(secret.getAsJsonObject().get("path").getAsString()));
        }
        return paths;
    }

    @Test
    void the_table_of_keys_is_complete() throws Exception {
        var page = page();
        var keys = new TreeSet<>(matches(KEY, page.substring(page.indexOf("## Keys"), page.indexOf("## Credentials"))));
        var config = ProviderConfig.parse("{\"vault\": \"https://shop.vault.azure.net\", \"zz\": 1}");
        Main.open(config, InstantSource.system()).close();

        assertThatThrownBy(config::refuseUnasked)
                .isInstanceOf(ConfigException.class)
                .hasMessage("unknown key 'zz', known are " + String.join(", ", keys));
    }
}
