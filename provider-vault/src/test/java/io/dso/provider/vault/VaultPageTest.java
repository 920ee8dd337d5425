package io.dso.provider.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.ProviderConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** What docs/providers/vault.md shows works, and it shows everything. */
class VaultPageTest {
    private static final Path PAGE = Path.of("..", "docs", "providers", "vault.md");

    static List<JsonObject> samples() throws IOException {
        var samples = new ArrayList<JsonObject>();
        var blocks = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        while (blocks.find()) {
            var json = new Gson().toJsonTree(new Yaml().load(blocks.group(1))).getAsJsonObject();
            var provider = json.has("dso")
                    ? json.getAsJsonObject("dso").getAsJsonObject("providers").getAsJsonObject("vault")
                    : json;
            samples.add(provider.getAsJsonObject("config"));
        }
        return samples;
    }

    @ParameterizedTest
    @MethodSource("samples")
    void every_sample_is_a_good_configuration(JsonObject sample) {
        var config = ProviderConfig.parse(sample.toString());

        assertThat(Settings.of(config)).isNotNull();
        config.refuseUnasked();
    }

    @Test
    void every_method_has_a_sample_and_the_table_names_every_key_of_the_samples() throws IOException {
        var methods = new TreeSet<String>();
        var keys = new TreeSet<String>();
        for (var sample : samples()) {
            methods.add(sample.getAsJsonObject("auth").get("method").getAsString());
            sample.entrySet().forEach(entry -> {
                if (entry.getValue() instanceof JsonObject part) {
                    part.keySet().forEach(key -> keys.add(entry.getKey() + "." + key));
                } else {
                    keys.add(entry.getKey());
                }
            });
        }
        var table = new TreeSet<String>();
        var text = Files.readString(PAGE);
        var rows = Pattern.compile("^\\| (`[^|]*`) \\|", Pattern.MULTILINE)
                .matcher(text.substring(text.indexOf("## Every key")));
        while (rows.find()) {
            Pattern.compile("`([^`]+)`").matcher(rows.group(1)).results().forEach(key -> table.add(key.group(1)));
        }

        assertThat(methods).containsExactly("approle", "cert", "jwt", "kubernetes", "token");
        assertThat(table).isEqualTo(keys);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "{'auth':{'method':'token','token-file':'/t'}}|'address' is missing",
                "{'address':'vault','auth':{'method':'token','token-file':'/t'}}|'address' has to be as https",
                "{'address':'https://u:p@vault','auth':{'method':'token','token-file':'/t'}}|'address' has to be as https",
                "{'address':'https://vault/prefix','auth':{'method':'token','token-file':'/t'}}|'address' has to be as https",
                "{'address':'http://vault:8200','auth':{'method':'token','token-file':'/t'}}|over plain http",
                "{'address':'https://vault','auth':{'method':'userpass'}}|'auth.method' has to be token, approle",
                "{'address':'https://vault','auth':{'method':'approle'}}|'auth.role-id-file' is missing",
                "{'address':'https://vault','auth':{'method':'jwt','role':'r'}}|'auth.jwt-file' is missing",
                "{'address':'https://vault','tls':{'key':'/k'},'auth':{'method':'cert'}}|belong together",
                "{'address':'https://vault','auth':{'method':'cert','mount':'a b'}}|'auth.mount' has to be a path",
                "{'address':'https://vault','leases':{'on-stop':'maybe'},'auth':{'method':'cert'}}|'leases.on-stop' has to be keep or revoke",
                "{'address':'https://vault','timeout':'0s','auth':{'method':'cert'}}|'timeout' has to be longer",
                "{'address':'https://vault','tokn':'s.secret','auth':{'method':'cert'}}|unknown key 'tokn'",
            })
    void a_mistake_is_told_with_the_key_and_without_what_stands_there(String json, String message) {
        var config = ProviderConfig.parse(json.replace('\'', '"'));

        assertThatThrownBy(() -> {
                    Settings.of(config);
                    config.refuseUnasked();
                })
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("s.secret");
    }
}
