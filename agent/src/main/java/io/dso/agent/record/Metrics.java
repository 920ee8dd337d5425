package io.dso.agent.record;

import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/** Every metric of the agent. Labels are from closed sets (providers are the configured ones); no names of secrets. */
public final class Metrics {
    private final MeterRegistry registry;

    /** Shows every series that isn't a provider's from the start, so that a rate over it is never of nothing. */
    public Metrics(MeterRegistry registry) {
        this.registry = registry;
        for (var outcome : MountOutcome.values()) {
            mounts(outcome);
        }
        for (var strategy : Strategy.values()) {
            for (var outcome : RotationOutcome.values()) {
                rotations(strategy, outcome);
            }
        }
    }

    /** Shows a configured provider's series. Idempotent. */
    public void provider(String name, BooleanSupplier ready) {
        Gauge.builder("dso.provider.ready", () -> ready.getAsBoolean() ? 1 : 0)
                .description("1 while the provider answers")
                .tag("provider", name)
                .register(registry);
        for (var got : new boolean[] {true, false}) {
            fetches(name, got);
            versionRequests(name, got);
        }
    }

    /** Mount calls of the engine. */
    public void mounted(MountOutcome outcome, Duration took) {
        mounts(outcome).record(took);
    }

    private Timer mounts(MountOutcome outcome) {
        return Timer.builder("dso.mount.duration")
                .description("Mount calls of the engine, until answered")
                .tag("outcome", word(outcome))
                .register(registry);
    }

    /** A value was read from a provider, or was to be. */
    public void fetched(String provider, boolean got) {
        fetches(provider, got).increment();
    }

    private Counter fetches(String provider, boolean got) {
        return Counter.builder("dso.fetches")
                .description("Values asked of providers")
                .tag("provider", provider)
                .tag("outcome", got ? "got" : "refused")
                .register(registry);
    }

    /** A provider was asked for versions. */
    public void asked(String provider, boolean got) {
        versionRequests(provider, got).increment();
    }

    private Counter versionRequests(String provider, boolean got) {
        return Counter.builder("dso.version.requests")
                .description("Requests for versions, of one or many secrets each")
                .tag("provider", provider)
                .tag("outcome", got ? "got" : "refused")
                .register(registry);
    }

    /** A rotation ended. */
    public void rotated(Strategy strategy, RotationOutcome outcome) {
        rotations(strategy, outcome).increment();
    }

    private Counter rotations(Strategy strategy, RotationOutcome outcome) {
        return Counter.builder("dso.rotations")
                .description("Rotations of containers that ended")
                .tag("strategy", word(strategy))
                .tag("outcome", word(outcome))
                .register(registry);
    }

    private static String word(Enum<?> label) {
        return label.name().toLowerCase(Locale.ROOT).replace('_', '-');
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
