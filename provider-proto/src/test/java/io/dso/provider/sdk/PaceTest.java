package io.dso.provider.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.provider.sdk.StoreFailure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final Pace pace = new Pace("the store", now::get, new Random(3));

    private Duration throttled(Duration said) {
        return pace.throttled(said).failure().retryAfter();
    }

    @Test
    void pauses_double_up_to_a_minute_and_are_spread() {
        for (int seconds = 1; seconds < 60; seconds *= 2) {
            assertThat(throttled(Duration.ZERO))
                    .isBetween(Duration.ofMillis(500L * seconds), Duration.ofSeconds(seconds));
        }
        var longest = throttled(Duration.ZERO);
        assertThat(longest).isBetween(Duration.ofSeconds(30), Duration.ofMinutes(1));
        assertThat(throttled(Duration.ZERO))
                .isBetween(Duration.ofSeconds(30), Duration.ofMinutes(1))
                .isNotEqualTo(longest);
    }

    @Test
    void nothing_is_sent_until_the_pause_is_over() {
        var wait = throttled(Duration.ofSeconds(7));

        assertThat(wait).isEqualTo(Duration.ofSeconds(7));
        now.set(Instant.EPOCH.plusSeconds(6));
        assertThatThrownBy(pace::await).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.failure().kind()).isEqualTo(Kind.THROTTLED);
            assertThat(e.failure().retryAfter()).isEqualTo(Duration.ofSeconds(1));
        });
        now.set(Instant.EPOCH.plusSeconds(7));
        assertThatCode(pace::await).doesNotThrowAnyException();
    }

    @Test
    void a_served_request_makes_pauses_short_again() {
        for (int i = 0; i < 10; i++) {
            throttled(Duration.ZERO);
        }
        pace.served();

        assertThat(throttled(Duration.ZERO)).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        "7, 7",
        "0, 0",
        "'', 0",
        "-1, 0",
        "1.5, 0",
        "99999999999999999999, 0",
        "'Wed, 21 Oct 2026 07:28:00 GMT', 0"
    })
    void only_seconds_are_understood_of_a_header(String header, long seconds) {
        assertThat(Pace.retryAfter(header)).hasSeconds(seconds);
    }
}
