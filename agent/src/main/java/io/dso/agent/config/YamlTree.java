package io.dso.agent.config;

import static io.dso.agent.problem.ProblemId.CONFIG_SYNTAX;

import java.io.StringReader;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * A text as one YAML document: nodes that know their line. Nothing is constructed from tags. Aliases may be used, but
 * the tree they unfold to has bounds, so that a small file can't become a large one (a "YAML bomb"), and own tags are
 * refused.
 */
final class YamlTree {
    static final int MAX_NODES = 20_000;
    static final int MAX_DEPTH = 30;
    private static final String STANDARD_TAGS = "tag:yaml.org,2002:";

    private YamlTree() {}

    static Optional<Node> parse(String text, Mistakes mistakes) {
        var options = new LoaderOptions();
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit(FileGuard.MAX_BYTES);
        try {
            var documents = new Yaml(options)
                    .composeAll(new StringReader(text.startsWith("\uFEFF") ? text.substring(1) : text))
                    .iterator();
            if (!documents.hasNext()) {
                mistakes.add(CONFIG_SYNTAX, "the configuration is empty", "write at least 'dso:' with a provider");
                return Optional.empty();
            }
            var tree = documents.next();
            if (documents.hasNext()) {
                mistakes.add(
                        CONFIG_SYNTAX,
                        "a second YAML document begins",
                        line(documents.next()),
                        "keep one, without '---' between");
                return Optional.empty();
            }
            return bounded(tree, mistakes) ? Optional.of(tree) : Optional.empty();
        } catch (MarkedYAMLException e) {
            syntax(e, mistakes);
        } catch (ReaderException e) {
            var before = text.substring(0, Math.min(e.getPosition(), text.length()));
            mistakes.add(
                    CONFIG_SYNTAX,
                    "the control character U+%04X stands in the text".formatted(e.getCodePoint()),
                    1 + (int) before.chars().filter(c -> c == '\n').count(),
                    "remove it");
        } catch (YAMLException e) {
            mistakes.add(CONFIG_SYNTAX, "not YAML: " + oneLine(e.getMessage()), "");
        }
        return Optional.empty();
    }

    /** Where a node begins, counted from 1. */
    static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }

    /** Says what is wrong but never quotes the file: a line of it may hold what should not be there. */
    private static void syntax(MarkedYAMLException e, Mistakes mistakes) {
        var what = "not YAML: " + oneLine(e.getProblem());
        var context = e.getContext() == null ? "" : " " + oneLine(e.getContext());
        @Nullable Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
        if (mark == null) {
            mistakes.add(CONFIG_SYNTAX, what + context, "");
        } else {
            mistakes.add(CONFIG_SYNTAX, what + context, mark.getLine() + 1, "look at indentation, quotes and ':'");
        }
    }

    private static String oneLine(@Nullable String text) {
        return text == null ? "unknown error" : text.lines().findFirst().orElse("unknown error");
    }

    private static boolean bounded(Node root, Mistakes mistakes) {
        int before = mistakes.count();
        new Walk(mistakes).visit(root, 0);
        return mistakes.count() == before;
    }

    /** One walk over the unfolded tree; ends at the first excess. */
    private static final class Walk {
        private final Mistakes mistakes;
        private int nodes;
        private boolean ended;

        Walk(Mistakes mistakes) {
            this.mistakes = mistakes;
        }

        void visit(Node node, int depth) {
            if (ended) {
                return;
            }
            if (++nodes > MAX_NODES || depth > MAX_DEPTH) {
                ended = true;
                mistakes.add(
                        CONFIG_SYNTAX,
                        "aliases unfold to more than a configuration can need",
                        line(node),
                        "write the repeated part out");
                return;
            }
            if (!node.getTag().startsWith(STANDARD_TAGS)) {
                mistakes.add(
                        CONFIG_SYNTAX,
                        "the tag " + tag(node.getTag()) + " means nothing here",
                        line(node),
                        "remove it");
            }
            switch (node) {
                case SequenceNode list -> list.getValue().forEach(each -> visit(each, depth + 1));
                case MappingNode map ->
                    map.getValue().forEach(each -> {
                        visit(each.getKeyNode(), depth + 1);
                        visit(each.getValueNode(), depth + 1);
                    });
                case ScalarNode _ -> {}
                default -> throw new IllegalStateException("unexpected node " + node.getNodeId());
            }
        }

        private static String tag(Tag tag) {
            return tag.getValue().length() > 40 ? tag.getValue().substring(0, 40) + "…" : tag.getValue();
        }
    }
}
