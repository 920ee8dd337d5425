package io.dso.bench;

/** A line of the table. */
record Row(String what, Budget budget, String measured, String verdict) {

    /** A value that has a budget. */
    static Row of(String what, Budget budget, double value, String measured) {
        return new Row(what, budget, measured, budget.verdict(value));
    }

    /** What stands beside it, so that the reader can compare. */
    static Row beside(String what, String measured) {
        return new Row(what, new Budget.None(), measured, "");
    }

    /** What the issue allows. */
    sealed interface Budget {
        String text();

        String verdict(double value);

        static Budget atMost(double most, String unit) {
            return new AtMost(most, unit);
        }

        record AtMost(double most, String unit) implements Budget {
            @Override
            public String text() {
                return "≤ %s %s".formatted(most == Math.rint(most) ? Long.toString((long) most) : most, unit);
            }

            @Override
            public String verdict(double value) {
                return value <= most ? "met" : "**missed**";
            }
        }

        record None() implements Budget {
            @Override
            public String text() {
                return "";
            }

            @Override
            public String verdict(double value) {
                return "";
            }
        }
    }
}
