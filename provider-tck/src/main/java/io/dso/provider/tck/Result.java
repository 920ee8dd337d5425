package io.dso.provider.tck;

import java.time.Duration;

/** A check that was made, how it ended, and how long it took. */
public record Result(Check check, Outcome outcome, Duration took) {}
