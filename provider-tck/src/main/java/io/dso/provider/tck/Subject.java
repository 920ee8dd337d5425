package io.dso.provider.tck;

import io.dso.provider.sdk.SecretName;
import java.nio.file.Path;
import java.util.List;

/**
 * What is tried.
 *
 * @param executable the provider
 * @param config its configuration, a JSON object
 * @param refs secrets that its store has and that may be read; without any, what needs one is skipped
 * @param change a command that gives the first of them another value; empty for none
 */
public record Subject(Path executable, Path config, List<SecretName> refs, List<String> change) {
    public Subject {
        executable = executable.toAbsolutePath();
        config = config.toAbsolutePath();
        refs = List.copyOf(refs);
        change = List.copyOf(change);
    }
}
