package io.dso.provider.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderConfigTest {
    private static ProviderConfig config(String json) {
        return ProviderConfig.parse(json.replace('\'', '"'));
    }

    @Test
    void every_kind_of_value_can_be_read() {
        var config = config("""
                {'address': 'https://vault', 'file': '/etc/x', 'size': 3, 'fast': true, 'wait': '250ms',
                 'names': ['a', 'b'], 'auth': {'role': 'r'}, 'none': null}""");

        assertThat(config.text("address")).isEqualTo("https://vault");
        assertThat(config.path("file")).isEqualTo(Path.of("/etc/x"));
        assertThat(config.integer("size", 1)).isEqualTo(3);
        assertThat(config.flag("fast", false)).isTrue();
        assertThat(config.duration("wait", Duration.ZERO)).hasMillis(250);
        assertThat(config.texts("names")).containsExactly("a", "b");
        assertThat(config.part("auth").text("role")).isEqualTo("r");
        assertThat(config.findText("none")).isEmpty();
        config.refuseUnasked();
    }

    @Test
    void what_is_not_there_has_the_given_default() {
        var config = config("{}");

        assertThat(config.text("a", "x")).isEqualTo("x");
        assertThat(config.integer("b", 7)).isEqualTo(7);
        assertThat(config.part("c").flag("d", true)).isTrue();
        assertThat(config.texts("e")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"30s, PT30S", "5m, PT5M", "2h, PT2H", "1d, P1D", "PT1M30S, PT1M30S"})
    void durations_are_short_or_iso(String text, Duration expected) {
        assertThat(config("{'d': '" + text + "'}").duration("d", Duration.ZERO)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "PT0S", "-PT1S", "PT0.0009S"})
    void a_duration_is_longer_than_nothing(String text) {
        assertThatThrownBy(() -> config("{'d': '" + text + "'}").duration("d", Duration.ofSeconds(1)))
                .hasMessage("'d' has to be longer than nothing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://vault.example",
                "http://127.0.0.1:1",
                "http://[::1]:1/x",
                "http://localhost",
                "http://169.254.169.254"
            })
    void an_address_is_https_or_of_this_machine(String text) {
        assertThat(config("{'a': '" + text + "'}").address("a")).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://vault.example",
                "http://127.0.0.1.example",
                "http://localhost@vault.example",
                "file:///etc",
                "https:///x",
                "vault",
                "https://hunter2 {"
            })
    void any_other_address_is_refused_without_quoting_it(String text) {
        assertThatThrownBy(() -> config("{'a': '" + text + "'}").findAddress("a"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("'a' has to be an https address")
                .hasNoCause();
    }

    @Test
    void a_proxy_may_be_plain_http() {
        assertThat(config("{'proxy': 'http://proxy.example:3128'}").findProxy("proxy"))
                .isPresent();
        assertThatThrownBy(() -> config("{'proxy': 'socks://proxy.example'}").findProxy("proxy"))
                .hasMessage("'proxy' has to be an https address");
    }

    @Test
    void a_missing_key_is_named() {
        assertThatThrownBy(() -> config("{}").part("auth").text("role"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("'auth.role' is missing");
    }

    @Test
    void a_wrong_value_is_not_quoted() {
        assertThatThrownBy(() -> config("{'size': 'hunter2'}").integer("size", 1))
                .hasMessage("'size' has to be a whole number")
                .hasNoCause();
        assertThatThrownBy(() -> config("{'p': 'relative'}").path("p")).hasMessage("'p' has to be an absolute path");
        assertThatThrownBy(() -> config("{'p': []}").text("p")).hasMessage("'p' has to be a text");
        assertThatThrownBy(() -> config("{'p': 'hunter2'}").flag("p", true)).hasMessage("'p' has to be true or false");
        assertThatThrownBy(() -> config("{'p': 'hunter2'}").part("p")).hasMessage("'p' has to be an object");
    }

    @Test
    void a_key_nobody_asked_for_is_refused() {
        var config = config("{'address': 'a', 'auth': {'rol': 'r'}}");
        config.text("address");
        config.part("auth").findText("role");

        assertThatThrownBy(config::refuseUnasked).hasMessage("unknown key 'auth.rol', known are role");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "7", "{'a': hunter2 hunter2}", "{"})
    void what_is_no_object_is_refused_without_quoting_it(String text) {
        assertThatThrownBy(() -> config(text))
                .isInstanceOf(ConfigException.class)
                .hasMessageNotContaining("hunter2")
                .hasNoCause();
    }
}
