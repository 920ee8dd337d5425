package io.dso.agent.decide;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.Grant;
import io.dso.agent.bundle.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks a workload's real identity against a bundle's {@code allow}. */
public final class Grants {
    private Grants() {}

    /**
     * Every rule of the grant must hold. A Compose label counts only if whoever created the container set it: one that
     * the image alone carries grants nothing, since whoever built the image could have written it.
     *
     * @param imageLabels what the workload's image carries
     */
    public static Verdict check(Bundle bundle, Workload workload, Map<String, String> imageLabels) {
        var grant = bundle.allow();
        if (grant.grantsNobody()) {
            return new Verdict.Denied(
                    "bundle " + bundle.name() + " has no allow, which means nobody", line(workload, imageLabels));
        }
        var missing = new ArrayList<String>();
        missing.addAll(
                label(grant.composeProjects(), Workload.COMPOSE_PROJECT, "compose-project", workload, imageLabels));
        missing.addAll(
                label(grant.composeServices(), Workload.COMPOSE_SERVICE, "compose-service", workload, imageLabels));
        missing.addAll(value(grant.containers(), "container", workload.name()));
        if (!grant.images().isEmpty() && !grant.images().contains(workload.imageId())) {
            missing.addAll(value(grant.images(), "image", workload.image()));
        }
        return missing.isEmpty()
                ? new Verdict.Granted()
                : new Verdict.Denied(
                        "bundle " + bundle.name() + " allows " + String.join(" and ", missing),
                        line(workload, imageLabels));
    }

    /** True if the check of this grant needs the image's labels. */
    public static boolean needsImageLabels(Grant grant) {
        return !grant.composeProjects().isEmpty() || !grant.composeServices().isEmpty();
    }

    private static List<String> label(
            Set<String> allowed, String label, String rule, Workload workload, Map<String, String> imageLabels) {
        if (allowed.isEmpty()) {
            return List.of();
        }
        var seen = workload.labels().get(label);
        if (seen != null && allowed.contains(seen) && fromImage(label, seen, workload, imageLabels)) {
            return List.of("%s %s, which this container has from its image alone".formatted(rule, seen));
        }
        return value(allowed, rule, seen);
    }

    private static List<String> value(Set<String> allowed, String rule, @Nullable String seen) {
        if (allowed.isEmpty() || (seen != null && allowed.contains(seen))) {
            return List.of();
        }
        var is = seen == null || seen.isEmpty() ? "has none" : "has " + seen;
        return List.of("%s %s, this container %s"
                .formatted(rule, allowed.stream().sorted().toList(), is));
    }

    /**
     * The engine merges both kinds of labels. Compose also labels the images it builds, with the same values: then the
     * config hash, which it writes on containers alone, tells that Compose made the container. (An image that was committed
     * from such a container has one too, another one.)
     */
    private static boolean fromImage(String label, String value, Workload workload, Map<String, String> imageLabels) {
        if (!value.equals(imageLabels.get(label))) {
            return false;
        }
        var hash = workload.labels().get(Workload.COMPOSE_CONFIG_HASH);
        return hash == null || hash.equals(imageLabels.get(Workload.COMPOSE_CONFIG_HASH));
    }

    /** The narrowest line that would grant this workload. */
    private static String line(Workload workload, Map<String, String> imageLabels) {
        var project = workload.labels().get(Workload.COMPOSE_PROJECT);
        var service = workload.labels().get(Workload.COMPOSE_SERVICE);
        return project != null
                        && service != null
                        && !fromImage(Workload.COMPOSE_PROJECT, project, workload, imageLabels)
                        && !fromImage(Workload.COMPOSE_SERVICE, service, workload, imageLabels)
                ? "allow: { compose-project: %s, compose-service: %s }".formatted(project, service)
                : "allow: { container: %s }".formatted(workload.name());
    }
}
