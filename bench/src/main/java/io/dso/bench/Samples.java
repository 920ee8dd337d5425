package io.dso.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Measured values of one thing, in milliseconds unless said otherwise; in the order in which they were taken. */
record Samples(double... values) {
    Samples {
        if (values.length == 0) {
            throw new IllegalArgumentException("no samples");
        }
    }

    static Samples of(int count, IntToDoubleFunction value) {
        return new Samples(IntStream.range(0, count).mapToDouble(value).toArray());
    }

    int count() {
        return values.length;
    }

    double median() {
        return quantile(0.5);
    }

    /** The smallest value that is not exceeded by this share of all; halfway between two where that is exact. */
    double quantile(double share) {
        var sorted = sorted();
        double rank = share * sorted.length;
        int below = (int) Math.floor(rank);
        if (below == rank && below > 0 && below < sorted.length) {
            return (sorted[below - 1] + sorted[below]) / 2;
        }
        return sorted[Math.min(below, sorted.length - 1)];
    }

    /** Value by value: two things that were measured side by side. */
    Samples minus(Samples other) {
        if (other.count() != count()) {
            throw new IllegalArgumentException(count() + " samples minus " + other.count());
        }
        return of(count(), i -> values[i] - other.values[i]);
    }

    /** Between these the true median lies in 95 of 100 cases, whatever the distribution (order statistics). */
    Range medianRange() {
        var sorted = sorted();
        int reach = (int) Math.ceil(0.98 * Math.sqrt(sorted.length));
        int middle = sorted.length / 2;
        return new Range(sorted[Math.max(0, middle - reach)], sorted[Math.min(sorted.length - 1, middle + reach)]);
    }

    private double[] sorted() {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    record Range(double from, double to) {
        @Override
        public String toString() {
            return "%s to %s".formatted(number(from), number(to));
        }
    }

    /** As it stands in a table: one decimal, two below 10. */
    static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 9.995 ? "%.2f" : "%.1f", value);
    }

    static String millis(double value) {
        return number(value) + " ms";
    }
}
