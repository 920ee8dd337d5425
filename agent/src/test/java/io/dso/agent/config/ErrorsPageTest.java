package io.dso.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.problem.ProblemId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ErrorsPageTest {
    private static final Pattern ENTRY = Pattern.compile("(?m)^### (DSO-\\d{4} \\w+)\n\n(?=\\S)");

    @Test
    void every_problem_is_explained_once_and_in_order() throws IOException {
        var page = Files.readString(Path.of("../docs/errors.md"));

        assertThat(ENTRY.matcher(page).results().map(entry -> entry.group(1)))
                .containsExactlyElementsOf(Arrays.stream(ProblemId.values())
                        .map(id -> id.code() + " " + id.name())
                        .toList());
    }
}
