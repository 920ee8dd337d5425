package io.dso.agent.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SecretValueTest {
    @Test
    void it_prints_as_dots_whatever_it_is_in() {
        var value = SecretValue.owning("hunter2".getBytes(StandardCharsets.UTF_8));

        assertThat(value).hasToString("••••");
        assertThat(Answer.got(value)).hasToString("Got[value=••••]");
    }

    @Test
    void closing_overwrites_the_bytes_themselves() {
        byte[] bytes = "hunter2".getBytes(StandardCharsets.UTF_8);
        var value = SecretValue.owning(bytes);
        assertThat(value.length()).isEqualTo(7);
        assertThat(value.<Integer>use(lent -> lent.length)).isEqualTo(7);

        value.close();
        value.close();

        assertThat(bytes).containsOnly(0);
        assertThatThrownBy(() -> value.use(lent -> lent.length)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void one_byte_too_many_is_refused_and_wiped() {
        byte[] most = new byte[SecretValue.MAX_BYTES];
        assertThat(SecretValue.owning(most).length()).isEqualTo(1 << 20);

        byte[] tooMany = "x".repeat(SecretValue.MAX_BYTES + 1).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> SecretValue.owning(tooMany))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a value has at most 1048576 bytes, this has 1048577");
        assertThat(tooMany).containsOnly(0);
    }

    @Test
    void equality_says_nothing_about_content() {
        assertThat(SecretValue.owning(new byte[] {1})).isNotEqualTo(SecretValue.owning(new byte[] {1}));
    }
}
