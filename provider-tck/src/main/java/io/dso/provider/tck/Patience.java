package io.dso.provider.tck;

import java.time.Duration;

/**
 * How long a provider may take. Generous, because the machine may be busy: what the contract wants sooner is measured
 * there as the best of several.
 *
 * @param start until it answers for the first time
 * @param call for a call that needs the store
 * @param armed until a watch is armed or refused
 * @param report until a change is reported
 * @param answer for Describe, whatever else is going on
 * @param end until it has ended; the agent kills it after 3 s
 */
record Patience(Duration start, Duration call, Duration armed, Duration report, Duration answer, Duration end) {
    static final Patience USUAL = new Patience(
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            Duration.ofSeconds(3),
            Duration.ofSeconds(5));
}
