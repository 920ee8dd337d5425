package io.dso.agent.decide;

import io.dso.agent.bundle.ReloadPolicy;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;

/**
 * How a {@link Host} is set up.
 *
 * @param policies by bundle
 * @param containers by ID
 */
record HostSetup(SortedMap<String, ReloadPolicy> policies, SortedMap<String, Application> containers) {
    /**
     * What runs in a container.
     *
     * @param bundles that it mounts; one may be there twice
     * @param intolerable contents that it doesn't stand, of whichever bundle
     */
    record Application(List<String> bundles, Set<Integer> intolerable) {}

    ReloadPolicy policy(String bundle) {
        return Objects.requireNonNull(policies.get(bundle));
    }

    Application application(String container) {
        return Objects.requireNonNull(containers.get(container));
    }
}
