package io.dso.agent.config;

import io.dso.agent.bundle.ProviderSpec;
import io.dso.agent.bundle.ProviderSpec.Launch;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The users that providers run as. Which one a provider gets hangs on its name, so that it is the same after a restart and
 * rarely another one because a provider was added; where files are given to it, {@code user} says it for good. The first
 * one is kept for the provider named {@code local}: that is whom {@code dso secret init} gives the vault to.
 *
 * @param first at least 1
 * @param last not below the first
 */
record ProviderUsers(int first, int last) {
    static final ProviderUsers USUAL = new ProviderUsers(64100, 64199);

    private static final Pattern RANGE = Pattern.compile("([1-9][0-9]{0,8})-([1-9][0-9]{0,8})");
    private static final String FAVOURED = "local";

    /** {@code 64100-64199}. */
    static Shape<ProviderUsers> range() {
        return Shape.text(RANGE, "two numbers of users such as 64100-64199", "write the first and the last")
                .then((spot, text) -> {
                    var numbers = text.split("-", 2);
                    int first = Integer.parseInt(numbers[0]);
                    int last = Integer.parseInt(numbers[1]);
                    return first <= last
                            ? Optional.of(new ProviderUsers(first, last))
                            : spot.wants("a first number that isn't above the last", "swap them");
                });
    }

    String text() {
        return first + "-" + last;
    }

    /** Gives each provider that the agent starts a user of its own; empty if there aren't enough, or two say the same. */
    Optional<Map<String, ProviderSpec>> assign(Map<String, ProviderSpec> specs) {
        Set<Integer> taken = new HashSet<>();
        for (var spec : specs.values()) {
            int said = said(spec);
            if (said != 0 && !taken.add(said)) {
                return Optional.empty();
            }
        }
        var users = new TreeMap<String, Integer>();
        for (var spec : new TreeMap<>(specs).values()) {
            if (spec.launch() instanceof Launch.Executable(var _, var user, var _) && user == 0) {
                int free = free(spec.name(), taken);
                if (free == 0) {
                    return Optional.empty();
                }
                taken.add(free);
                users.put(spec.name(), free);
            }
        }
        Map<String, ProviderSpec> assigned = new LinkedHashMap<>();
        specs.forEach((name, spec) -> assigned.put(name, with(spec, users.getOrDefault(name, said(spec)))));
        return Optional.of(assigned);
    }

    private static int said(ProviderSpec spec) {
        return spec.launch() instanceof Launch.Executable(var _, var user, var _) ? user : 0;
    }

    /** The name's own place, or the next free one; 0 if there is none. */
    private int free(String name, Set<Integer> taken) {
        if (name.equals(FAVOURED) && !taken.contains(first)) {
            return first;
        }
        int places = last - first; // but for the first one
        for (int i = 0; i < places; i++) {
            int user = first + 1 + (Math.floorMod(name.hashCode(), places) + i) % places;
            if (!taken.contains(user)) {
                return user;
            }
        }
        return 0;
    }

    private static ProviderSpec with(ProviderSpec spec, int user) {
        return spec.launch() instanceof Launch.Executable(var path, var _, var sha256)
                ? new ProviderSpec(
                        spec.name(),
                        spec.kind(),
                        spec.configJson(),
                        spec.poll(),
                        spec.deadline(),
                        new Launch.Executable(path, user, sha256))
                : spec;
    }
}
