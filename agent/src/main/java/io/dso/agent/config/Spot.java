package io.dso.agent.config;

import static io.dso.agent.problem.ProblemId.CONFIG_DUPLICATE;
import static io.dso.agent.problem.ProblemId.CONFIG_SYNTAX;
import static io.dso.agent.problem.ProblemId.CONFIG_WRONG_VALUE;

import io.dso.agent.problem.ProblemId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A place in the file that is being read.
 *
 * @param node what stands there
 * @param line where it begins, or the key it stands under; counted from 1
 * @param name the key it stands under
 * @param title how a message calls it: {@code poll of provider 'vault'}
 * @param mistakes where to say what is wrong here
 */
record Spot(Node node, int line, String name, String title, Mistakes mistakes) {
    /** The mapping that holds everything; what is directly in it needs no "of dso". */
    private static final String WHOLE = "dso";

    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

    static Spot top(Node node, Mistakes mistakes) {
        return new Spot(node, YamlTree.line(node), "", "", mistakes);
    }

    /** The value of a key of what is here. */
    Spot under(String key, int line, Node value) {
        return new Spot(
                value, line, key, title.isEmpty() || title.equals(WHOLE) ? key : key + " of " + title, mistakes);
    }

    /** The same place with something else there, for a short form. */
    Spot holding(Node other) {
        return new Spot(other, line, name, title, mistakes);
    }

    /** An element of the list that is here. */
    Spot element(String title, Node value) {
        return new Spot(value, YamlTree.line(value), name, title, mistakes);
    }

    /** The same place under another title, such as {@code provider 'vault'}. */
    Spot titled(String title) {
        return new Spot(node, line, name, title, mistakes);
    }

    /** Notes a mistake here; the empty result is for the caller to return. */
    <T> Optional<T> refuse(ProblemId id, String what, String fix) {
        mistakes.add(id, what, line, fix);
        return Optional.empty();
    }

    /** Notes that something else than {@code wanted} is here. */
    <T> Optional<T> wants(String wanted, String fix) {
        return refuse(CONFIG_WRONG_VALUE, title + " needs " + wanted + ", has " + found(), fix);
    }

    /** True for a plain {@code key:} with nothing behind it, and for null. */
    boolean isNull() {
        return node instanceof ScalarNode scalar && isPlain() && NULLS.contains(scalar.getValue());
    }

    /** True for a scalar without quotes. */
    boolean isPlain() {
        return node instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.PLAIN;
    }

    /** The scalar here, exactly as written: no octal, boolean or date is guessed. */
    Optional<String> scalar() {
        return node instanceof ScalarNode scalar && !isNull() ? Optional.of(scalar.getValue()) : Optional.empty();
    }

    /** The mapping's entries in the file's order; a key that isn't text, or is there twice, is noted and left out. */
    Map<String, Spot> entries(MappingNode mapping) {
        Map<String, Spot> entries = new LinkedHashMap<>();
        for (var tuple : mapping.getValue()) {
            var key = tuple.getKeyNode();
            if (!(key instanceof ScalarNode scalar)) {
                mistakes.add(
                        CONFIG_SYNTAX, "a key of " + titleOrTop() + " is not text", YamlTree.line(key), "use text");
                continue;
            }
            var entry = under(scalar.getValue(), YamlTree.line(key), tuple.getValueNode());
            var first = entries.putIfAbsent(entry.name(), entry);
            if (first != null) {
                entry.refuse(
                        CONFIG_DUPLICATE,
                        "'" + entry.name() + "' of " + titleOrTop() + " is there twice, first on line " + first.line(),
                        "rename or remove one of them");
            }
        }
        return entries;
    }

    String titleOrTop() {
        return title.isEmpty() ? "the file" : title;
    }

    /** What is here, for a message. */
    String found() {
        return switch (node) {
            case MappingNode _ -> "a mapping";
            case SequenceNode _ -> "a list";
            case ScalarNode _ when isNull() -> "nothing";
            case ScalarNode scalar -> "'" + shortened(scalar.getValue()) + "'";
            default -> "something else";
        };
    }

    private static String shortened(String text) {
        var line = text.lines().findFirst().orElse("");
        return line.length() > 40 ? line.substring(0, 40) + "…" : line;
    }
}
