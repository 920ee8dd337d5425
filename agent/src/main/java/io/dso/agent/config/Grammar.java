package io.dso.agent.config;

import static io.dso.agent.problem.ProblemId.CONFIG_MISSING;
import static io.dso.agent.problem.ProblemId.CONFIG_WRONG_VALUE;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dso.agent.bundle.ProviderSpec;
import io.dso.agent.bundle.ProviderSpec.Launch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * What may stand in the configuration file: its keys, their values, defaults and meaning, and thereby its JSON Schema
 * and the table in docs/configuration.md. Bundles are in {@link BundleGrammar}.
 */
final class Grammar {
    /** dockerd gives a volume driver up after 15 s (docs/engine.md F6); a refusal has to reach it before. */
    private static final Duration LONGEST_MOUNT = Duration.ofSeconds(14);

    private static final Pattern PROVIDER_NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    private static final String PROVIDER_NAME_IN_WORDS =
            "a small letter and then at most 31 small letters, digits and '-'";
    /** What fits into sockaddr_un with its closing NUL. */
    private static final int LONGEST_SOCKET = 107;

    private final Function<String, Path> executables;

    /** @param executables where the executable of a provider kind is by default */
    Grammar(Function<String, Path> executables) {
        this.executables = executables;
    }

    /** The settings in the tree; empty when a mistake was noted. */
    Optional<Settings> settings(Node tree, Mistakes mistakes) {
        return file(providerNames(tree)).read(Spot.top(tree, mistakes));
    }

    /** JSON Schema of the file. */
    ObjectNode schema() {
        var schema = JsonNodeFactory.instance.objectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Configuration of the DSO agent");
        return schema.setAll(file(Set.of()).schema());
    }

    private Shape<Settings> file(Set<String> providerNames) {
        var dso = Key.required("dso", dso(providerNames), "all settings are below it");
        var whole = Table.of(List.of(dso), row -> row.get(dso));
        return new Shape<>(
                whole.schema(),
                spot -> member(spot.node(), "dso").isEmpty()
                                && member(spot.node(), "providers").isPresent()
                        ? spot.refuse(
                                CONFIG_MISSING, "'dso:' is missing above the rest", "write it, and indent the rest")
                        : whole.read(spot));
    }

    private Shape<Settings> dso(Set<String> providerNames) {
        var mountDeadline = Key.withDefault(
                "mount-deadline",
                Shape.duration(Duration.ofMillis(100), LONGEST_MOUNT),
                Duration.ofSeconds(10),
                "10s",
                "how long a container's start waits for its secrets before it is refused");
        var fullPass = Key.withDefault(
                "full-pass",
                Shape.duration(Duration.ofSeconds(1), Duration.ofHours(24)),
                Duration.ofSeconds(60),
                "60s",
                "how often everything is compared, even if no change was heard of");
        var providers = Key.withDefault("providers", providers(), Map.of(), "", "where secrets come from, by name");
        var bundles = Key.withDefault(
                "bundles",
                new BundleGrammar(providerNames).bundles(),
                Map.of(),
                "",
                "what a volume holds and who may mount it, by name");
        var users = Key.withDefault(
                "provider-uids",
                ProviderUsers.range(),
                ProviderUsers.USUAL,
                ProviderUsers.USUAL.text(),
                "users that nobody else has: an agent that is root starts each provider as one of its own");
        return Table.of(List.of(mountDeadline, fullPass, users, providers, bundles), row -> {
            if (row.get(providers).isEmpty() && !row.get(bundles).isEmpty()) {
                row.refuse(bundles, CONFIG_MISSING, "there are bundles but no provider", "write 'providers:' with one");
            }
            var withUsers = row.get(users).assign(row.get(providers));
            if (withUsers.isEmpty()) {
                row.refuse(
                        providers,
                        CONFIG_WRONG_VALUE,
                        "there are more providers than users for them, or two have the same 'user'",
                        "give each a user of its own, or widen 'provider-uids'");
                return new Settings(Map.of(), Map.of(), row.get(mountDeadline), row.get(fullPass));
            }
            return new Settings(withUsers.get(), row.get(bundles), row.get(mountDeadline), row.get(fullPass));
        });
    }

    private Shape<Map<String, ProviderSpec>> providers() {
        return Shape.named("provider", PROVIDER_NAME, PROVIDER_NAME_IN_WORDS, provider());
    }

    private Shape<ProviderSpec> provider() {
        var kind = Key.required(
                "kind",
                Shape.text(PROVIDER_NAME, PROVIDER_NAME_IN_WORDS, "name a kind such as local"),
                "which provider it is, such as local or vault");
        var config = Key.withDefault(
                "config", FreeForm.object(), "{}", "{}", "the provider's own settings; see the provider's page");
        var poll = Key.withDefault(
                "poll",
                Shape.duration(Duration.ofSeconds(1), Duration.ofHours(24)),
                Duration.ofSeconds(30),
                "30s",
                "how often versions are compared while nothing is pushed");
        var deadline = Key.withDefault(
                "deadline",
                Shape.duration(Duration.ofMillis(50), Duration.ofSeconds(60)),
                Duration.ofSeconds(5),
                "5s",
                "how long one call to the provider may take");
        var executable = Key.optional("executable", path(4095), "the provider's program, if not the one of its kind");
        var socket = Key.optional("socket", path(LONGEST_SOCKET), "where a provider listens that somebody else starts");
        var user = Key.optional(
                "user",
                Shape.integer(1, Integer.MAX_VALUE),
                "the number of the user it runs as; without it one of provider-uids");
        var sha256 = Key.optional(
                "sha256",
                Shape.text(Pattern.compile("[0-9a-f]{64}"), "64 small hexadecimal digits", "take sha256sum's"),
                "what the program's SHA-256 has to be; without it any");
        return Table.of(List.of(kind, config, poll, deadline, executable, user, sha256, socket), row -> {
            if (row.has(executable) && row.has(socket)) {
                row.refuse(
                        socket,
                        CONFIG_WRONG_VALUE,
                        row.title() + " has both 'executable' and 'socket'",
                        "keep 'executable' if the agent starts it, 'socket' if somebody else does");
            }
            var launch = row.find(socket)
                    .<Launch>map(Launch.Socket::new)
                    .orElseGet(() -> new Launch.Executable(
                            row.find(executable).orElseGet(() -> executables.apply(row.get(kind))),
                            row.find(user).orElse(0),
                            row.find(sha256).orElse("")));
            return new ProviderSpec(
                    row.name(), row.get(kind), row.get(config), row.get(poll), row.get(deadline), launch);
        });
    }

    private static Shape<Path> path(int mostBytes) {
        var absolute = Shape.text(Pattern.compile("/[^\\x00]+"), "an absolute path", "begin it with '/'");
        return absolute.then((spot, text) -> text.getBytes(StandardCharsets.UTF_8).length > mostBytes
                ? spot.wants("a path of at most " + mostBytes + " bytes", "choose a shorter one")
                : Optional.of(Path.of(text)));
    }

    /**
     * The providers that the file names, whether or not what it says of them is right: bundles are checked against
     * them. Empty when that can't be told, and then bundles are not: the cause is reported elsewhere.
     */
    private static Set<String> providerNames(Node tree) {
        return Optional.of(tree)
                .flatMap(file -> member(file, "dso"))
                .flatMap(dso -> member(dso, "providers"))
                .map(Grammar::names)
                .orElse(Set.of());
    }

    private static Optional<Node> member(Node node, String name) {
        return node instanceof MappingNode mapping
                ? mapping.getValue().stream()
                        .filter(entry -> entry.getKeyNode() instanceof ScalarNode key
                                && key.getValue().equals(name))
                        .map(entry -> entry.getValueNode())
                        .findFirst()
                : Optional.empty();
    }

    private static Set<String> names(Node node) {
        return node instanceof MappingNode mapping
                ? mapping.getValue().stream()
                        .flatMap(entry -> entry.getKeyNode() instanceof ScalarNode key
                                ? Optional.of(key.getValue()).stream()
                                : Stream.empty())
                        .collect(Collectors.toCollection(TreeSet::new))
                : Set.of();
    }
}
