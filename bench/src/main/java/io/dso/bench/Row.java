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

        static Budget below(double limit, String unit) {
            return new Below(limit, unit);
        }

        private static String plain(double value) {
            return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
        }

        record AtMost(double most, String unit) implements Budget {
            @Override
            public String text() {
                return "≤ %s %s".formatted(plain(most), unit);
            }

            @Override
            public String verdict(double value) {
                return value <= most ? "met" : "**missed**";
            }
        }

        record Below(double limit, String unit) implements Budget {
            @Override
            public String text() {
                return "< %s %s".formatted(plain(limit), unit);
            }

            @Override
            public String verdict(double value) {
                return value < limit ? "met" : "**missed**";
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
