package io.dso.agent.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A mapping that is somebody else's to understand, as JSON. Plain words become JSON as in YAML 1.2: {@code true} and
 * {@code false}, {@code null}, decimal numbers; everything else is text, so that {@code no}, {@code 0400} and
 * {@code 12:30} stay what they are.
 */
final class FreeForm {
    private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,30})");
    private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]{0,30})\\.[0-9]{1,30}");

    private FreeForm() {}

    /** A JSON object as text. */
    static Shape<String> object() {
        return new Shape<>(Shape.type("object"), spot -> {
            if (!(spot.node() instanceof MappingNode)) {
                return spot.wants("a mapping", "write 'key: value' lines below it");
            }
            int before = spot.mistakes().count();
            var json = json(spot).toString();
            return spot.mistakes().count() > before ? Optional.empty() : Optional.of(json);
        });
    }

    private static JsonNode json(Spot spot) {
        return switch (spot.node()) {
            case MappingNode mapping -> {
                var object = JsonNodeFactory.instance.objectNode();
                spot.entries(mapping).values().forEach(entry -> object.set(entry.name(), json(entry)));
                yield object;
            }
            case SequenceNode sequence -> {
                var array = JsonNodeFactory.instance.arrayNode();
                for (Node element : sequence.getValue()) {
                    array.add(json(spot.element(spot.title(), element)));
                }
                yield array;
            }
            case ScalarNode scalar when spot.isNull() -> JsonNodeFactory.instance.nullNode();
            case ScalarNode scalar when spot.isPlain() -> plain(scalar.getValue());
            case ScalarNode scalar -> JsonNodeFactory.instance.textNode(scalar.getValue());
            default ->
                throw new IllegalStateException("unexpected node " + spot.node().getNodeId());
        };
    }

    private static JsonNode plain(String text) {
        if (text.equals("true") || text.equals("false")) {
            return JsonNodeFactory.instance.booleanNode(text.equals("true"));
        }
        if (INTEGER.matcher(text).matches()) {
            return JsonNodeFactory.instance.numberNode(new BigInteger(text));
        }
        return DECIMAL.matcher(text).matches()
                ? JsonNodeFactory.instance.numberNode(new BigDecimal(text))
                : JsonNodeFactory.instance.textNode(text);
    }
}
