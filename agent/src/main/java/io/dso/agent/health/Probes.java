package io.dso.agent.health;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** {@code /q/health/live}, {@code /ready} and {@code /started}, of one check each with its parts as data. */
@ApplicationScoped
public class Probes {

    /** Alive as long as it answers: a neighbour that is away is no reason to kill the agent. */
    @Produces
    @Liveness
    HealthCheck live() {
        return () -> HealthCheckResponse.up("dso");
    }

    @Produces
    @Startup
    HealthCheck started(Vitals vitals) {
        return () -> HealthCheckResponse.named("dso").status(vitals.started()).build();
    }

    @Produces
    @Readiness
    HealthCheck ready(Vitals vitals) {
        return () -> {
            var checks = vitals.readiness();
            var response = HealthCheckResponse.named("dso")
                    .status(vitals.started() && checks.stream().allMatch(Check::up));
            checks.forEach(check -> response.withData(check.name(), check.up() ? "up" : check.reason()));
            return response.build();
        };
    }
}
