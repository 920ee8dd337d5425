package io.dso.agent.decide;

import io.dso.agent.bundle.BundleVersion;
import java.util.ArrayList;
import java.util.stream.Collectors;

/** What makes a bundle's version another one, in words; names and no values. */
public final class Difference {
    private static final int NAMED = 3;

    private Difference() {}

    /** One sentence on what is in {@code to} and wasn't in {@code from}. */
    public static String between(BundleVersion from, BundleVersion to) {
        var changed = to.secrets().entrySet().stream()
                .filter(secret -> !secret.getValue().equals(from.secrets().get(secret.getKey())))
                .map(secret -> secret.getKey().toString())
                .sorted()
                .collect(Collectors.toCollection(ArrayList::new));
        if (changed.isEmpty()) {
            return "the bundle is configured in another way";
        }
        int more = changed.size() - NAMED;
        if (more > 0) {
            changed.subList(NAMED, changed.size()).clear();
            changed.add(more + " more");
        }
        return "changed: " + String.join(", ", changed);
    }
}
