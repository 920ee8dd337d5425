package io.dso.agent.provider;

import java.time.Duration;

/**
 * How long the agent bears with a provider.
 *
 * @param start how long a process may take to answer for the first time
 * @param pulse how often an idle provider is asked whether it lives
 * @param answer how long it may take to answer that; it needs no store for it
 * @param stop how long a process may take to end when asked to
 * @param firstRetry the pause before the first new start
 * @param lastRetry the longest pause
 * @param fair a call that was given less says nothing about the provider when it goes unanswered
 * @param badAnswers so many bad answers in a row open the circuit
 * @param calls so many calls at most at the same time
 */
record Patience(
        Duration start,
        Duration pulse,
        Duration answer,
        Duration stop,
        Duration firstRetry,
        Duration lastRetry,
        Duration fair,
        int badAnswers,
        int calls) {
    static final Patience USUAL = new Patience(
            Duration.ofSeconds(15),
            Duration.ofSeconds(5),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3),
            Duration.ofMillis(100),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            3,
            16);
}
