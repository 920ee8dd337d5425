package io.dso.agent.provider;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OneLineTest {
    @Test
    void nothing_in_it_moves_cursors_or_breaks_lines() {
        assertThat(OneLine.of("a\n\u001b[31mb\u202ec\r\u0000")).isEqualTo("a  [31mb c");
    }

    @Test
    void it_is_cut_between_characters() {
        assertThat(OneLine.of("🔑".repeat(301))).isEqualTo("🔑".repeat(300) + "…");
        assertThat(OneLine.of("🔑".repeat(300))).isEqualTo("🔑".repeat(300));
    }
}
