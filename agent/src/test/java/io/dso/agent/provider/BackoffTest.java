package io.dso.agent.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff fresh = Backoff.from(Duration.ofMillis(100), Duration.ofSeconds(30));

    private Backoff after(int failures) {
        var backoff = fresh;
        for (int i = 0; i < failures; i++) {
            backoff = backoff.failed();
        }
        return backoff;
    }

    @Test
    void pauses_double_up_to_the_limit() {
        assertThat(fresh.pause(0.5)).isZero();
        assertThat(after(1).pause(0.5)).hasMillis(100);
        assertThat(after(3).pause(0.5)).hasMillis(400);
        assertThat(after(1000).pause(0.5)).hasSeconds(30);
    }

    @Test
    void jitter_is_a_quarter_either_way() {
        assertThat(after(1).pause(0)).hasMillis(75);
        assertThat(after(1).pause(1)).hasMillis(125);
    }

    @Test
    void success_begins_anew() {
        assertThat(after(9).succeeded().failed().pause(0.5)).hasMillis(100);
    }
}
