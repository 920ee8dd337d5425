package io.dso.agent.config;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.ProviderSpec;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One configuration file, understood and free of mistakes: every provider that a bundle names is there.
 *
 * @param providers by name, in the file's order
 * @param bundles by name, in the file's order
 * @param mountDeadline how long a container's start waits for its secrets
 * @param fullPass how often everything is compared, whether or not a change was heard of
 */
public record Settings(
        Map<String, ProviderSpec> providers, Map<String, Bundle> bundles, Duration mountDeadline, Duration fullPass) {

    public Settings {
        providers = Collections.unmodifiableMap(new LinkedHashMap<>(providers));
        bundles = Collections.unmodifiableMap(new LinkedHashMap<>(bundles));
    }

    public Optional<ProviderSpec> provider(String name) {
        return Optional.ofNullable(providers.get(name));
    }

    public Optional<Bundle> bundle(String name) {
        return Optional.ofNullable(bundles.get(name));
    }
}
