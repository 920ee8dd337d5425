package io.dso.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateTest {
    @TempDir
    Path directory;

    @Test
    void mistakes_that_the_agents_check_found_are_shown_with_their_place_and_fix() throws IOException {
        var agent = agent("""
                echo '{"id":"DSO-1004","what":"unknown key '"'pol'"'","where":"/etc/dso/dso.yaml:7","fix":"did you mean '"'poll'"'?"}'
                echo '{"id":"DSO-1007","what":"there is no bundle","where":"","fix":""}'
                exit 65
                """);

        var outcome = new Stage().with("DSO_AGENT", agent).run("validate", "x.yaml");

        assertThat(outcome.exit()).isEqualTo(65);
        assertThat(outcome.err()).isEqualTo("""
                        error: unknown key 'pol' [DSO-1004]
                           at: /etc/dso/dso.yaml:7
                          fix: did you mean 'poll'?
                        error: there is no bundle [DSO-1007]
                        """);
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void as_json_they_go_to_standard_output() throws IOException {
        var agent = agent("echo '{\"id\":\"DSO-1004\",\"what\":\"w\",\"where\":\"p\",\"fix\":\"f\"}'; exit 65");

        var outcome = new Stage().with("DSO_AGENT", agent).run("validate", "--output", "json");

        assertThat(outcome.exit()).isEqualTo(65);
        assertThat(outcome.out())
                .isEqualTo("{\"problems\":[{\"id\":\"DSO-1004\",\"what\":\"w\",\"where\":\"p\",\"fix\":\"f\"}]}\n");
    }

    @Test
    void the_agent_is_given_the_file_and_found_on_the_path() throws IOException {
        agent("printf '%s\\n' \"$@\" > \"${0%/*}/arguments\"; exit 0");

        var outcome =
                new Stage().with("PATH", "/nowhere:" + directory).onTerminal().run("validate", "/some/dso.yaml");

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.err()).isEqualTo("/some/dso.yaml is good\n");
        assertThat(Files.readString(directory.resolve("arguments")))
                .isEqualTo("--validate\n--config\n/some/dso.yaml\n");
    }

    @Test
    void an_agent_that_fails_or_talks_nonsense_is_an_error_of_its_own() throws IOException {
        assertThat(new Stage()
                        .with("DSO_AGENT", agent("exit 70"))
                        .run("validate")
                        .exit())
                .isEqualTo(70);
        assertThat(new Stage()
                        .with("DSO_AGENT", agent("echo hello; exit 65"))
                        .run("validate")
                        .err())
                .contains("gave no JSON");
        assertThat(new Stage()
                        .with("DSO_AGENT", "/nowhere/dso-agent")
                        .run("validate")
                        .exit())
                .isEqualTo(69);
    }

    @Test
    void without_an_agent_the_way_to_name_one_is_told() {
        var outcome = new Stage().with("PATH", "").run("validate");

        assertThat(outcome.exit()).isEqualTo(69);
        assertThat(outcome.err()).contains("DSO_AGENT=");
    }

    private String agent(String script) throws IOException {
        var file = directory.resolve("dso-agent");
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file.toString();
    }
}
