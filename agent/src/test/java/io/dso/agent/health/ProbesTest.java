package io.dso.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class ProbesTest {
    private static final Check SOCKETS = new Check("sockets", true, "");
    private static final Check ENGINE_DOWN = new Check("engine", false, "no answer since 12:00");

    @Test
    void an_agent_that_starts_is_live_but_neither_started_nor_ready() {
        var probes = new Probes(new Fixed(false, List.of()));

        expect(probes.live(), Status.UP, Map.of());
        expect(probes.started(), Status.DOWN, Map.of("agent", "still starting"));
        expect(probes.ready(), Status.DOWN, Map.of("agent", "still starting"));
    }

    @Test
    void it_is_ready_when_all_its_parts_are_up() {
        var probes = new Probes(new Fixed(true, List.of(SOCKETS)));

        expect(probes.started(), Status.UP, Map.of());
        expect(probes.ready(), Status.UP, Map.of("sockets", "up"));
    }

    @Test
    void one_part_that_is_down_makes_it_unready_and_says_why() {
        var probes = new Probes(new Fixed(true, List.of(ENGINE_DOWN, SOCKETS)));

        expect(probes.ready(), Status.DOWN, Map.of("sockets", "up", "engine", "no answer since 12:00"));
        expect(probes.live(), Status.UP, Map.of());
    }

    @Test
    void a_failure_while_asking_is_down_and_its_text_stays_in_the_log() {
        var probes = new Probes(new Vitals() {
            @Override
            public boolean started() {
                return true;
            }

            @Override
            public List<Check> readiness() {
                throw new IllegalStateException("shop/db");
            }
        });

        expect(probes.ready(), Status.DOWN, Map.of("agent", "internal error, see the agent's log"));
    }

    private static void expect(HealthCheck probe, Status status, Map<String, Object> data) {
        var answer = probe.call();
        assertThat(answer.getStatus()).isEqualTo(status);
        assertThat(answer.getData().orElse(Map.of())).isEqualTo(data);
    }

    private record Fixed(boolean started, List<Check> readiness) implements Vitals {}
}
