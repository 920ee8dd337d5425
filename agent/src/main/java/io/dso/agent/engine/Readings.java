package io.dso.agent.engine;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Container;
import io.dso.agent.bundle.Workload;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What docker-java says, in our words. */
final class Readings {
    private final String driver;

    /** @param driver the name of our volume driver */
    Readings(String driver) {
        this.driver = driver;
    }

    Workload workload(Container seen) {
        Set<String> volumes = seen.getMounts() == null
                ? Set.of()
                : seen.getMounts().stream()
                        .filter(mount -> driver.equals(mount.getDriver()) && mount.getName() != null)
                        .map(mount -> mount.getName())
                        .collect(Collectors.toSet());
        Map<String, String> labels = seen.getLabels() == null ? Map.of() : seen.getLabels();
        boolean running = "running".equals(seen.getState()) || "paused".equals(seen.getState());
        return new Workload(
                seen.getId(), name(seen.getNames()), seen.getImage(), seen.getImageId(), labels, running, volumes);
    }

    /** A container linked from others has several names; its own has one slash. */
    private static String name(String @Nullable [] names) {
        return names == null
                ? ""
                : Arrays.stream(names)
                        .filter(name -> name.lastIndexOf('/') == 0)
                        .findFirst()
                        .map(name -> name.substring(1))
                        .orElse("");
    }

    Inspection inspection(InspectContainerResponse seen) {
        var state = seen.getState();
        var health = state.getHealth() == null
                ? "none"
                : Objects.requireNonNullElse(state.getHealth().getStatus(), "none");
        var host = seen.getHostConfig();
        var policy = host == null || host.getRestartPolicy() == null
                ? ""
                : Objects.requireNonNullElse(host.getRestartPolicy().getName(), "");
        return new Inspection(
                seen.getId(),
                seen.getName().replaceFirst("^/", ""),
                // While it waits for its next try, the engine calls it running as well.
                Boolean.TRUE.equals(state.getRunning()) && !Boolean.TRUE.equals(state.getRestarting()),
                Objects.requireNonNullElse(state.getPidLong(), 0L),
                Objects.requireNonNullElse(state.getStartedAt(), ""),
                Objects.requireNonNullElse(state.getExitCodeLong(), 0L),
                Objects.requireNonNullElse(state.getError(), ""),
                switch (health) {
                    case "starting" -> Inspection.Health.STARTING;
                    case "healthy" -> Inspection.Health.HEALTHY;
                    case "unhealthy" -> Inspection.Health.UNHEALTHY;
                    default -> Inspection.Health.NONE;
                },
                !policy.isEmpty() && !"no".equals(policy));
    }
}
