package io.dso.provider.local.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretPathTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "shop/db_password", "a b", "../x", "gr\u00fc\u00dfe/\ud83d\udd11", "p$w\"o'r\\d"})
    void a_path_is_a_name(String text) {
        assertThat(new SecretPath(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "/a", "a/", "a//b", "a\nb", "a\0", "a\u2028b", "\ud83d", "a\u007f", "gr\ufffd\ufffd"})
    void what_is_no_path_is_refused(String text) {
        assertThatThrownBy(() -> new SecretPath(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_name_has_at_most_512_characters() {
        assertThat(new SecretPath("x".repeat(512)).text()).hasSize(512);
        assertThatThrownBy(() -> new SecretPath("x".repeat(513))).hasMessageContaining("513");
    }
}
