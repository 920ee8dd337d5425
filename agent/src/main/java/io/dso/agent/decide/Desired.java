package io.dso.agent.decide;

import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.bundle.ReloadPolicy;

/**
 * What is wanted of one bundle.
 *
 * @param latest what the stores have now
 * @param policy how containers get it
 */
public record Desired(BundleVersion latest, ReloadPolicy policy) {}
