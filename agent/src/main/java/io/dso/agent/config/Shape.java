package io.dso.agent.config;

import static io.dso.agent.problem.ProblemId.CONFIG_MISSING;
import static io.dso.agent.problem.ProblemId.CONFIG_WRONG_VALUE;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * What a value in the file may look like: one rule that both reads it and describes itself to editors.
 *
 * @param schema the rule as JSON Schema
 * @param reader gives the value, or nothing after it noted what is wrong
 */
record Shape<T>(ObjectNode schema, Function<Spot, Optional<T>> reader) {

    /** The value; empty when it is wrong, and then the mistake is noted. */
    Optional<T> read(Spot spot) {
        return reader.apply(spot);
    }

    /** A further rule on what was read; it gives the value it accepts, or notes a mistake at the spot. */
    <R> Shape<R> then(BiFunction<Spot, T, Optional<R>> rule) {
        return new Shape<>(schema, spot -> read(spot).flatMap(value -> rule.apply(spot, value)));
    }

    /** Text as it is written, of 1 to {@code most} characters. */
    static Shape<String> text(int most) {
        var schema = type("string").put("minLength", 1).put("maxLength", most);
        return new Shape<>(
                schema,
                spot -> spot.scalar()
                        .<Optional<String>>map(text -> text.isBlank() || text.length() > most
                                ? spot.wants(
                                        "1 to " + most + " characters", text.isBlank() ? "write them" : "shorten it")
                                : Optional.of(text))
                        .orElseGet(() -> spot.wants("text", "write it on one line, in quotes if need be")));
    }

    /** Text of a pattern; messages have its description in words, and what to do. */
    static Shape<String> text(Pattern pattern, String inWords, String fix) {
        var schema = type("string").put("pattern", "^(" + pattern.pattern() + ")$");
        return new Shape<>(
                schema,
                spot -> spot.scalar()
                        .filter(text -> pattern.matcher(text).matches())
                        .or(() -> spot.wants(inWords, fix)));
    }

    /** One of an enum's constants, in small letters with '-'. */
    static <E extends Enum<E>> Shape<E> oneOf(E[] constants) {
        SequencedMap<String, E> words = new LinkedHashMap<>();
        for (var constant : constants) {
            words.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
        }
        return oneOf(words);
    }

    /** One of some words. */
    static <T> Shape<T> oneOf(SequencedMap<String, T> words) {
        var schema = type("string");
        words.keySet().forEach(schema.withArray("enum")::add);
        return new Shape<>(
                schema,
                spot -> spot.scalar()
                        .map(words::get)
                        .or(() -> spot.wants(
                                "one of " + String.join(", ", words.keySet()),
                                Nearest.fix(spot.scalar().orElse(""), words.keySet()))));
    }

    /** A whole number. */
    static Shape<Integer> integer(int least, int most) {
        var schema = type("integer").put("minimum", least).put("maximum", most);
        var digits = Pattern.compile("0|[1-9][0-9]{0,9}");
        return new Shape<>(
                schema,
                spot -> spot.scalar()
                        .filter(text -> digits.matcher(text).matches())
                        .map(Long::valueOf)
                        .filter(number -> number >= least && number <= most)
                        .map(Long::intValue)
                        .or(() -> spot.wants("a whole number from " + least + " to " + most, "write digits alone")));
    }

    /** A time span with its unit. */
    static Shape<Duration> duration(Duration least, Duration most) {
        var schema = type("string").put("pattern", Spans.PATTERN);
        var range = "from " + Spans.write(least) + " to " + Spans.write(most);
        return new Shape<>(schema, spot -> {
            var span = spot.scalar().flatMap(Spans::parse);
            if (span.isEmpty()) {
                return spot.wants("a time span such as 30s, 2m or 500ms", "write a number and its unit");
            }
            boolean fits = span.get().compareTo(least) >= 0 && span.get().compareTo(most) <= 0;
            return fits ? span : spot.wants("a time span " + range, "choose one " + range);
        });
    }

    /** Elements of one shape, at least one. */
    static <T> Shape<List<T>> listOf(String element, Shape<T> shape) {
        var schema = type("array").put("minItems", 1);
        schema.set("items", shape.schema());
        return new Shape<>(schema, spot -> {
            if (!(spot.node() instanceof SequenceNode sequence)) {
                return spot.wants("a list", "write '- …' lines below it");
            }
            if (sequence.getValue().isEmpty()) {
                return spot.refuse(CONFIG_MISSING, spot.title() + " is an empty list", "write at least one element");
            }
            List<T> read = new ArrayList<>();
            for (int i = 0; i < sequence.getValue().size(); i++) {
                var of = spot.title().substring(spot.name().length());
                var at = spot.element(
                        element + " " + (i + 1) + of, sequence.getValue().get(i));
                shape.read(at).ifPresent(read::add);
            }
            return read.size() < sequence.getValue().size() ? Optional.empty() : Optional.of(read);
        });
    }

    /** One element, or a list of them. */
    static <T> Shape<List<T>> oneOrMore(String element, Shape<T> shape) {
        return scalarOr(shape.then((_, value) -> Optional.of(List.of(value))), listOf(element, shape));
    }

    /** A scalar of one shape, or else something of another. */
    static <T> Shape<T> scalarOr(Shape<T> scalar, Shape<T> other) {
        var schema = JsonNodeFactory.instance.objectNode();
        schema.withArray("anyOf").add(scalar.schema()).add(other.schema());
        return new Shape<>(schema, spot -> spot.node() instanceof ScalarNode ? scalar.read(spot) : other.read(spot));
    }

    /**
     * A mapping whose keys are names that the user chose.
     *
     * @param kind what is named, as messages say it
     */
    static <T> Shape<Map<String, T>> named(String kind, Pattern names, String inWords, Shape<T> shape) {
        var schema = type("object").put("additionalProperties", false);
        schema.putObject("patternProperties").set("^(" + names.pattern() + ")$", shape.schema());
        return new Shape<>(schema, spot -> {
            if (!(spot.node() instanceof MappingNode mapping)) {
                return spot.wants("a mapping from names to " + kind + "s", "write 'name:' lines below it");
            }
            int before = spot.mistakes().count();
            Map<String, T> read = new LinkedHashMap<>();
            for (var entry : spot.entries(mapping).values()) {
                var at = entry.titled(kind + " '" + entry.name() + "'");
                if (!names.matcher(entry.name()).matches()) {
                    at.refuse(CONFIG_WRONG_VALUE, "the name of " + at.title() + " needs " + inWords, "rename it");
                } else if (at.isNull()) {
                    at.refuse(CONFIG_MISSING, at.title() + " has no value", "write its keys below it");
                } else {
                    shape.read(at).ifPresent(value -> read.put(entry.name(), value));
                }
            }
            return spot.mistakes().count() > before ? Optional.empty() : Optional.of(read);
        });
    }

    static ObjectNode type(String name) {
        return JsonNodeFactory.instance.objectNode().put("type", name);
    }
}
