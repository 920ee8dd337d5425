package io.dso.agent.record;

import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;

/** Every metric of the agent. Labels are from closed sets (providers are the configured ones); no names of secrets. */
public final class Metrics {
    private final MeterRegistry registry;

    public Metrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Mount calls of the engine. */
    public void mounted(MountOutcome outcome, Duration took) {
        Timer.builder("dso.mount.duration")
                .description("Mount calls of the engine, until answered")
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .record(took);
    }

    /** Values read from providers. */
    public void fetched(String provider, boolean got) {
        registry.counter("dso.fetches", "provider", provider, "outcome", got ? "got" : "refused")
                .increment();
    }

    /** Requests for versions, one a provider and pass. */
    public void asked(String provider, boolean got) {
        registry.counter("dso.version.requests", "provider", provider, "outcome", got ? "got" : "refused")
                .increment();
    }

    /** Rotations that ended. */
    public void rotated(Strategy strategy, RotationOutcome outcome) {
        registry.counter(
                        "dso.rotations",
                        "strategy",
                        strategy.name().toLowerCase(Locale.ROOT),
                        "outcome",
                        outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .increment();
    }

    /** How a Mount call ended. */
    public enum MountOutcome {
        SERVED,
        REFUSED,
        /** Nobody's: the engine looked at the volume without a container. */
        UNCLAIMED
    }

    /** How a rotation ended. */
    public enum RotationOutcome {
        DONE,
        ROLLED_BACK,
        POSTPONED,
        GONE
    }
}
