package io.dso.agent.bundle;

import java.util.Set;

/**
 * Who may mount a bundle. A workload needs to match every non-empty set; all sets empty grants nobody.
 *
 * @param composeProjects values of the label {@code com.docker.compose.project}
 * @param composeServices values of the label {@code com.docker.compose.service}
 * @param containers names of containers, without the leading slash
 * @param images image references as the container was created with, or image IDs ({@code sha256:…})
 */
public record Grant(
        Set<String> composeProjects, Set<String> composeServices, Set<String> containers, Set<String> images) {

    public Grant {
        composeProjects = Set.copyOf(composeProjects);
        composeServices = Set.copyOf(composeServices);
        containers = Set.copyOf(containers);
        images = Set.copyOf(images);
    }

    /** True when nobody is granted anything. */
    public boolean grantsNobody() {
        return composeProjects.isEmpty() && composeServices.isEmpty() && containers.isEmpty() && images.isEmpty();
    }
}
