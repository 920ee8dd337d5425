package io.dso.agent.reconcile;

import io.dso.agent.bundle.Workload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says into which of some containers a pass looks. A look costs an engine call, and there may be thousands of containers
 * that are stopped for good: one that is new among them is looked into at once, of the others one a pass, in turn.
 * Thread-safe.
 */
final class Looks {
    /** For two sorts of containers and with the list call that makes three calls for a pass in which nothing changed. */
    private static final int AGAIN = 1;

    /** Looked into before and still among them, by ID; who was longest ago is first. */
    private final Map<String, Workload> before = new LinkedHashMap<>();

    /** Those to look into now, of all that there are at present. */
    synchronized List<Workload> due(Collection<Workload> present) {
        var byId = present.stream().collect(Collectors.toMap(Workload::id, Function.identity()));
        before.keySet().retainAll(byId.keySet());
        var due = new ArrayList<Workload>();
        before.keySet().stream()
                .limit(AGAIN)
                .flatMap(id -> Stream.ofNullable(byId.get(id)))
                .forEach(due::add);
        present.stream()
                .filter(container -> !before.containsKey(container.id()))
                .forEach(due::add);
        return due;
    }

    /** It was looked into. */
    synchronized void looked(Workload container) {
        before.remove(container.id());
        before.put(container.id(), container);
    }

    /** Something happened to it: it counts as new. */
    synchronized void forget(String container) {
        before.remove(container);
    }

    /** Something happened to those that use a volume. */
    synchronized void forgetUsers(String volume) {
        before.values().removeIf(container -> container.volumes().contains(volume));
    }
}
