package io.dso.e2e;

import io.dso.e2e.RotationCalls.Place;
import io.dso.e2e.SpoiltEngine.Fault;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What came out of each fault at each call. */
final class FaultTable {
    private static final String HEAD = Stream.concat(
                    Stream.of("Rotation", "After", "Call", "Times"),
                    Stream.of(Fault.values()).map(fault -> fault.words))
            .collect(Collectors.joining(" | ", "| ", " |\n" + "| --- ".repeat(4 + Fault.values().length) + "|\n"));

    /** No such call came. */
    static final String NOT_MET = "–";
    /** A call that changes nothing: the same as if the engine hadn't seen it. */
    private static final String SAME = "″";

    /** By rotation, then place, in the order in which they came. */
    private final Map<String, Map<Place, Map<Fault, String>>> cells = new LinkedHashMap<>();

    /** The rotations in their order, and no rows yet. */
    FaultTable(List<String> rotations) {
        rotations.forEach(rotation -> cells.put(rotation, new LinkedHashMap<>()));
    }

    /** These will be spoilt. */
    synchronized void expect(String rotation, List<Place> places) {
        var rows = cells.getOrDefault(rotation, Map.of());
        places.forEach(place -> rows.computeIfAbsent(place, _ -> new EnumMap<>(Fault.class)));
    }

    /** What came out. */
    synchronized void note(String rotation, Place place, Fault fault, String outcome) {
        Optional.ofNullable(cells.get(rotation))
                .map(rows -> rows.get(place))
                .orElseThrow()
                .put(fault, outcome);
    }

    synchronized List<String> outcomes(String rotation) {
        return cells.getOrDefault(rotation, Map.of()).values().stream()
                .flatMap(row -> row.values().stream())
                .toList();
    }

    /** A line for each kind of call: the times that it comes after the same change are in one cell. */
    @Override
    public synchronized String toString() {
        var lines = new StringBuilder(HEAD);
        cells.forEach((rotation, rows) -> {
            var kinds = rows.keySet().stream()
                    .collect(Collectors.groupingBy(
                            place -> "`%s` | `%s`".formatted(place.after(), place.call()),
                            LinkedHashMap::new,
                            Collectors.toList()));
            kinds.forEach((kind, places) -> lines.append("| %s | %s | %d |".formatted(rotation, kind, places.size()))
                    .append(Stream.of(Fault.values())
                            .map(fault -> " " + together(places, rows, fault) + " |")
                            .collect(Collectors.joining()))
                    .append('\n'));
        });
        return lines.toString();
    }

    private static String together(List<Place> places, Map<Place, Map<Fault, String>> rows, Fault fault) {
        var outcomes = places.stream()
                .map(place -> rows.getOrDefault(place, Map.of())
                        .getOrDefault(fault, place.changes() || !fault.comesAfter() ? "not tried" : SAME))
                .collect(Collectors.groupingBy(outcome -> outcome, LinkedHashMap::new, Collectors.counting()));
        return outcomes.size() == 1
                ? outcomes.keySet().iterator().next()
                : outcomes.entrySet().stream()
                        .map(outcome -> outcome.getValue() + " " + outcome.getKey())
                        .collect(Collectors.joining(", "));
    }
}
