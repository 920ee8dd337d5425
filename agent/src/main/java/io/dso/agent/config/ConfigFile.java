package io.dso.agent.config;

import static io.dso.agent.problem.ProblemId.CONFIG_UNREADABLE;

import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The configuration file, from its path to {@link Settings}. Each step works only on what the one before let through,
 * so that a consequence is never reported beside its cause:
 *
 * <ol>
 *   <li>who may read and write the file ({@code FileGuard});
 *   <li>its text as YAML, with the place of each node ({@code YamlTree});
 *   <li>the tree against what may stand there ({@code Grammar}).
 * </ol>
 */
public final class ConfigFile {
    private ConfigFile() {}

    /**
     * Reads the file.
     *
     * @param executables where the executable of a provider kind is, for providers that don't say it themselves
     */
    public static Loaded read(Path file, Function<String, Path> executables) {
        var mistakes = new Mistakes(file);
        return new FileGuard(file, mistakes)
                .bytes() // 1
                .flatMap(bytes -> text(bytes, file, mistakes))
                .flatMap(text -> YamlTree.parse(text, mistakes)) // 2
                .flatMap(tree -> new Grammar(executables).settings(tree, mistakes)) // 3
                .<Loaded>map(Loaded.Good::new)
                .orElseGet(() -> new Loaded.Bad(mistakes.all()));
    }

    /**
     * Reads the file.
     *
     * @throws DsoException with all mistakes
     */
    public static Settings load(Path file, Function<String, Path> executables) {
        return switch (read(file, executables)) {
            case Loaded.Good(var settings) -> settings;
            case Loaded.Bad(List<Problem> problems) -> throw new DsoException(problems);
        };
    }

    private static Optional<String> text(byte[] bytes, Path file, Mistakes mistakes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            mistakes.add(CONFIG_UNREADABLE, "the configuration is not UTF-8 text", "save " + file + " as UTF-8");
            return Optional.empty();
        }
    }
}
