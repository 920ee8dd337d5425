package io.dso.agent.health;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;
import org.jboss.logging.Logger;

/**
 * The three questions that orchestrators ask. Each is one check; its data say {@code up}, or why not, for each part.
 * An agent that is still starting is live, but not ready.
 */
@ApplicationScoped
public class Probes {
    private static final Logger LOG = Logger.getLogger(Probes.class);

    private final Vitals vitals;

    /** @param vitals asked each time */
    public Probes(Vitals vitals) {
        this.vitals = vitals;
    }

    /** Live as long as it answers: that a neighbour is away is no reason to kill the agent. */
    @Produces
    @Liveness
    @ApplicationScoped
    HealthCheck live() {
        return () -> answer("live", List::of);
    }

    @Produces
    @Readiness
    @ApplicationScoped
    HealthCheck ready() {
        return () -> answer("ready", () -> vitals.started() ? vitals.readiness() : List.of(starting()));
    }

    @Produces
    @Startup
    @ApplicationScoped
    HealthCheck started() {
        return () -> answer("started", () -> vitals.started() ? List.of() : List.of(starting()));
    }

    private static Check starting() {
        return new Check("agent", false, "still starting");
    }

    private static HealthCheckResponse answer(String name, Supplier<List<Check>> checks) {
        var answer = HealthCheckResponse.named(name).up();
        for (var check : asked(name, checks)) {
            answer.withData(check.name(), check.up() ? "up" : check.reason());
            if (!check.up()) {
                answer.down();
            }
        }
        return answer.build();
    }

    /** What goes wrong while asking is told in the log: the listener needs no password. */
    private static List<Check> asked(String name, Supplier<List<Check>> checks) {
        try {
            return checks.get();
        } catch (RuntimeException e) {
            LOG.errorf(e, "health can't be told probe=%s", name);
            return List.of(new Check("agent", false, "internal error, see the agent's log"));
        }
    }
}
