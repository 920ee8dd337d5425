package io.dso.agent.config;

import static io.dso.agent.problem.ProblemId.CONFIG_MISSING;
import static io.dso.agent.problem.ProblemId.CONFIG_UNKNOWN_KEY;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dso.agent.problem.ProblemId;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.yaml.snakeyaml.nodes.MappingNode;

/**
 * A mapping with known keys, read into one thing. Every key is read, in the order declared, before the thing is made,
 * so that all mistakes come out at once.
 */
final class Table<T> {
    private final List<Key<?>> keys;
    private final Function<Row, T> make;

    private Table(List<Key<?>> keys, Function<Row, T> make) {
        this.keys = keys;
        this.make = make;
    }

    /** @param make called only when no key is wrong; may still {@link Row#refuse} */
    static <T> Shape<T> of(List<Key<?>> keys, Function<Row, T> make) {
        var table = new Table<>(List.copyOf(keys), make);
        return new Shape<>(table.schema(), table::read);
    }

    /** The values of one mapping. */
    static final class Row {
        private final Spot spot;
        private final Map<Key<?>, Object> values = new IdentityHashMap<>();
        private final Map<String, Spot> entries;

        private Row(Spot spot, Map<String, Spot> entries) {
            this.spot = spot;
            this.entries = entries;
        }

        /** The key this mapping stands under. */
        String name() {
            return spot.name();
        }

        String title() {
            return spot.title();
        }

        int line() {
            return spot.line();
        }

        /** The value of a key that is required or has a default. */
        <V> V get(Key<V> key) {
            return find(key).orElseThrow();
        }

        @SuppressWarnings("unchecked") // put there by read, which has the key's own type
        <V> Optional<V> find(Key<V> key) {
            return Optional.ofNullable((V) values.get(key));
        }

        boolean has(Key<?> key) {
            return entries.containsKey(key.name());
        }

        /** Notes a mistake at a key of this row, or at the row itself if the key isn't there. */
        void refuse(Key<?> key, ProblemId id, String what, String fix) {
            entries.getOrDefault(key.name(), spot).refuse(id, what, fix);
        }

        private <V> void read(Key<V> key) {
            var entry = entries.get(key.name());
            if (entry != null) {
                value(key, entry).ifPresent(value -> values.put(key, value));
                return;
            }
            switch (key.absent()) {
                case Key.Absent.Refused<V>() ->
                    spot.refuse(
                            CONFIG_MISSING,
                            "'" + key.name() + "' of " + spot.titleOrTop() + " is missing",
                            "write '" + key.name() + ": …', " + key.meaning());
                case Key.Absent.Default<V>(var value, var _) -> values.put(key, value);
                case Key.Absent.Allowed<V>() -> {}
            }
        }

        private static <V> Optional<V> value(Key<V> key, Spot entry) {
            var fix = key.absent() instanceof Key.Absent.Refused<V> ? "write one" : "write one, or remove the line";
            return entry.isNull()
                    ? entry.refuse(CONFIG_MISSING, entry.title() + " has no value", fix)
                    : key.shape().read(entry);
        }
    }

    private Optional<T> read(Spot spot) {
        if (!(spot.node() instanceof MappingNode mapping)) {
            return spot.wants("a mapping with " + String.join(", ", names()), "write 'key: value' lines below it");
        }
        int before = spot.mistakes().count();
        var row = new Row(spot, spot.entries(mapping));
        var meant = refuseUnknown(row);
        for (var key : keys) {
            if (!meant.contains(key.name())) {
                row.read(key);
            }
        }
        if (spot.mistakes().count() > before) {
            return Optional.empty();
        }
        var made = make.apply(row);
        return spot.mistakes().count() > before ? Optional.empty() : Optional.of(made);
    }

    /** Notes unknown keys. Gives the known ones that were meant: that they are missing is a consequence. */
    private Set<String> refuseUnknown(Row row) {
        Set<String> meant = new LinkedHashSet<>();
        var free =
                names().stream().filter(name -> !row.entries.containsKey(name)).toList();
        for (var entry : row.entries.values()) {
            if (names().contains(entry.name())) {
                continue;
            }
            Nearest.to(entry.name(), free).ifPresent(meant::add);
            entry.refuse(
                    CONFIG_UNKNOWN_KEY,
                    "unknown key '" + entry.name() + "' in " + row.spot.titleOrTop(),
                    entry.name().equals("<<")
                            ? "write the merged lines out"
                            : Nearest.fix(entry.name(), free.isEmpty() ? names() : free));
        }
        return meant;
    }

    private List<String> names() {
        return keys.stream().<String>map(Key::name).toList();
    }

    private ObjectNode schema() {
        var properties = JsonNodeFactory.instance.objectNode();
        var required = JsonNodeFactory.instance.arrayNode();
        for (var key : keys) {
            var property = key.shape().schema().deepCopy().put("description", key.meaning());
            switch (key.absent()) {
                case Key.Absent.Refused<?>() -> required.add(key.name());
                case Key.Absent.Default<?>(var _, var written)
                when !written.isEmpty() -> property.put("default", written);
                case Key.Absent.Default<?> _, Key.Absent.Allowed<?>() -> {}
            }
            properties.set(key.name(), property);
        }
        var schema = JsonNodeFactory.instance.objectNode().put("type", "object").put("additionalProperties", false);
        schema.set("properties", properties);
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema;
    }
}
