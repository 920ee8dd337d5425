package io.dso.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SamplesTest {

    @Test
    void the_median_of_an_odd_count_is_the_one_in_the_middle() {
        assertThat(new Samples(9, 1, 5).median()).isEqualTo(5);
    }

    @Test
    void the_median_of_an_even_count_lies_halfway() {
        assertThat(new Samples(8, 1, 4, 2).median()).isEqualTo(3);
    }

    @Test
    void the_99th_of_200_is_one_that_only_two_exceed() {
        var samples = Samples.of(200, i -> i + 1);

        assertThat(samples.quantile(0.99)).isEqualTo(198.5);
    }

    @Test
    void the_outer_quantiles_are_the_least_and_the_most() {
        var samples = new Samples(3, 1, 2);

        assertThat(samples.quantile(0)).isEqualTo(1);
        assertThat(samples.quantile(1)).isEqualTo(3);
    }

    @Test
    void what_was_measured_side_by_side_is_subtracted_side_by_side() {
        assertThat(new Samples(110, 220, 90).minus(new Samples(100, 200, 100)).values())
                .containsExactly(10, 20, -10);
    }

    @Test
    void different_counts_are_not_subtracted() {
        assertThatThrownBy(() -> new Samples(1, 2).minus(new Samples(1))).hasMessage("2 samples minus 1");
    }

    @Test
    void the_range_of_the_median_holds_it_and_stays_within_the_samples() {
        var range = Samples.of(100, i -> i).medianRange();

        assertThat(range.from()).isEqualTo(40);
        assertThat(range.to()).isEqualTo(60);
        assertThat(new Samples(1, 2).medianRange()).isEqualTo(new Samples.Range(1, 2));
    }
}
