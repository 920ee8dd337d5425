package io.dso.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HelpTest {
    @Test
    void help_and_mistakes_in_the_command_line() throws IOException {
        Transcript.check("help", Stage::new, Map.of(BuildVersion.text(), "VERSION"));
    }

    @Test
    void completion_scripts_know_every_command() {
        for (var shell : new String[] {"bash", "zsh", "fish"}) {
            assertThat(new Stage().run("completion", shell).out())
                    .contains("status", "sync", "events", "history", "passphrase-file");
        }
    }

    @Test
    void docker_finds_a_plugin_and_calls_it_by_its_name() {
        assertThat(new Stage().run("docker-cli-plugin-metadata").out()).contains("\"SchemaVersion\":\"0.1.0\"");
        assertThat(new Stage().run("dso", "version").out()).startsWith("dso ");
    }

    @Test
    void a_version_is_a_version() {
        assertThat(new Stage().run("version").out()).matches("dso \\d+\\.\\d+.*\n");
    }
}
