package io.dso.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyTest {
    @TempDir
    Path directory;

    /** What ends at once fails most checks, and quickly. */
    private String brokenProvider() throws IOException {
        var script = Files.writeString(directory.resolve("provider"), "#!/bin/sh\necho no store >&2\nexit 78\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"))
                .toString();
    }

    @Test
    void a_person_gets_a_line_a_check_with_the_reason_and_a_verdict() throws IOException {
        var outcome = new Stage().onTerminal().run("provider", "verify", brokenProvider());

        assertThat(outcome.exit()).isEqualTo(Exit.FAILED);
        assertThat(outcome.out())
                .contains("FAIL  serves ", "it ended with exit code 78 instead of serving: no store")
                .containsPattern("ok    bad-config +a bad configuration ends it with 78 and a reason\n")
                .containsPattern("skip  output-no-value ")
                .containsPattern("\n\ndoes not conform: 2 passed, \\d+ failed, \\d+ skipped\n$");
    }

    @Test
    void a_program_gets_json() throws IOException {
        var outcome = new Stage().run("provider", "verify", "--output", "json", brokenProvider());

        var json = JsonParser.parseString(outcome.out()).getAsJsonObject();
        assertThat(json.get("conforms").getAsBoolean()).isFalse();
        assertThat(StreamSupport.stream(json.getAsJsonArray("checks").spliterator(), false)
                        .map(check -> check.getAsJsonObject().get("outcome").getAsString()))
                .contains("ok", "fail", "skip");
    }
}
