package io.dso.agent.config;

import static io.dso.agent.problem.ProblemId.CONFIG_DUPLICATE;
import static io.dso.agent.problem.ProblemId.CONFIG_MISSING;
import static io.dso.agent.problem.ProblemId.CONFIG_UNKNOWN_PROVIDER;
import static io.dso.agent.problem.ProblemId.CONFIG_WRONG_VALUE;

import io.dso.agent.bundle.Bundle.Item;
import io.dso.agent.config.Table.Row;
import io.dso.agent.secret.SecretRef;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/** What may stand in one bundle's list of secrets. Made anew for each list: it remembers the files it has seen. */
final class ItemGrammar {
    private static final Pattern FILE_NAME = Pattern.compile("(?!\\.\\.|\\.$)[^/\\x00-\\x1f\\x7f]{1,255}");
    private static final String FILE_NAME_IN_WORDS =
            "a file name of at most 255 bytes, without '/' and not starting with '..'";

    private final Key<String> path = Key.required("path", Shape.text(512), "the secret's name in the store");
    private final Key<String> key = Key.withDefault(
            "key", Shape.text(256), "", "", "a member of a structured secret; without it the whole value");
    private final Key<String> provider;
    private final Key<String> file = Key.optional(
            "file",
            fileName(),
            "the file's name, or the member's in JSON; without it the key, or the last part of path");

    private final Set<String> providers;
    private final Map<String, Integer> lines = new HashMap<>();

    /** @param providers the names there are; empty when that can't be told, and then none is reported as unknown */
    ItemGrammar(Set<String> providers) {
        this.providers = providers;
        this.provider =
                Key.optional("provider", provider(), "which provider has it; may be left out if there is one alone");
    }

    Shape<List<Item>> items() {
        var full = Table.of(List.of(provider, path, key, file), this::item);
        var pathAlone = path.shape().then((spot, _) -> full.read(spot.holding(asMapping(spot.node()))));
        return Shape.listOf("secret", Shape.scalarOr(pathAlone, full));
    }

    /** The name of a file in a volume. */
    static Shape<String> fileName() {
        return Shape.text(FILE_NAME, FILE_NAME_IN_WORDS, "choose a plain name")
                .then((spot, name) ->
                        isFileName(name) ? Optional.of(name) : spot.wants(FILE_NAME_IN_WORDS, "shorten it"));
    }

    private static boolean isFileName(String name) {
        return FILE_NAME.matcher(name).matches() && name.getBytes(StandardCharsets.UTF_8).length <= 255;
    }

    /** The short form: {@code shop/db} is {@code { path: shop/db }}. */
    private Node asMapping(Node text) {
        var name = new ScalarNode(Tag.STR, path.name(), text.getStartMark(), text.getEndMark(), ScalarStyle.PLAIN);
        return new MappingNode(Tag.MAP, List.of(new NodeTuple(name, text)), FlowStyle.FLOW);
    }

    private Shape<String> provider() {
        return Shape.text(256)
                .then((spot, name) -> providers.isEmpty() || providers.contains(name)
                        ? Optional.of(name)
                        : spot.refuse(
                                CONFIG_UNKNOWN_PROVIDER,
                                "unknown provider '" + name + "' in "
                                        + spot.title().substring("provider of ".length()),
                                Nearest.fix(name, providers)));
    }

    private Item item(Row row) {
        var ref = new SecretRef(row.find(provider).orElseGet(() -> onlyProvider(row)), row.get(path), row.get(key));
        var name = row.find(file).orElseGet(() -> defaultFile(row, ref));
        var line = lines.putIfAbsent(name, row.line());
        if (line != null) {
            row.refuse(
                    file,
                    CONFIG_DUPLICATE,
                    "file '" + name + "' of " + row.title() + " is there already, from line " + line,
                    "write another 'file: …'");
        }
        return new Item(ref, name);
    }

    private String onlyProvider(Row row) {
        if (providers.size() > 1) {
            row.refuse(
                    provider,
                    CONFIG_MISSING,
                    "'provider' of " + row.title() + " is missing, and there are several",
                    "write 'provider: …' with one of " + String.join(", ", providers));
        }
        // Without any, the whole is refused elsewhere and this name is never seen.
        return providers.stream().findFirst().orElse("none");
    }

    private String defaultFile(Row row, SecretRef ref) {
        var name = ref.key().isEmpty() ? ref.path().substring(ref.path().lastIndexOf('/') + 1) : ref.key();
        if (!isFileName(name)) {
            row.refuse(
                    ref.key().isEmpty() ? path : key,
                    CONFIG_WRONG_VALUE,
                    row.title() + " can't be a file named '" + name + "'",
                    "write 'file: …' beside it");
        }
        return name;
    }
}
