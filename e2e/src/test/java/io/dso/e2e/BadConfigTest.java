package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A configuration with mistakes is refused with all of them at once; the running one stays in force. */
class BadConfigTest extends EndToEnd {
    private static final int BAD_CONFIG = 65;
    private static final String GOOD = "shop: { secrets: [ db ], " + ALLOW_ALL + " }";

    @BeforeEach
    void goodConfiguration() {
        agent.secret("db", "first");
        agent.configure(GOOD);
    }

    /** Lines 3, 4, 6, 8 and 9 are wrong. */
    private static final String WRONG = """
            dso:
              providers:
                local: { kind: local, config: { vault: /x }, pol: 30s }
              mount-deadline: soon
              bundles:
                shop: { secrets: [ db ], mode: 0999, allow: { container: a } }
                web: { secrets: [ db ], allow: { container: a } }
                web: { secrets: [ db ], allow: { container: a } }
                api: { secrets: [ { provider: locl, path: db } ], allow: { container: a } }
            """;

    @Test
    void all_mistakes_are_told_at_once_each_with_its_key_line_and_fix() {
        agent.configureWhole(WRONG);

        var validation = agent.dso("validate", agent.configFile().toString());

        assertThat(validation.exitCode()).isEqualTo(BAD_CONFIG);
        var told = validation.text() + validation.stderr();
        var file = agent.configFile().toString();
        assertThat(told)
                .contains("unknown key 'pol'", "did you mean 'poll'?")
                .contains("mount-deadline")
                .contains("mode")
                .contains("web")
                .contains("did you mean 'local'?")
                .contains(file + ":3", file + ":4", file + ":6", file + ":8", file + ":9");
        assertThat(told.lines().filter(line -> line.strip().startsWith("fix:"))).hasSizeGreaterThanOrEqualTo(5);
    }

    @Test
    void the_agent_does_not_start_with_it_and_says_the_same() {
        agent.configureWhole(WRONG);

        agent.launch();

        Await.until("the agent ends", Duration.ofSeconds(20), () -> !agent.runs());
        assertThat(agent.log()).contains("unknown key 'pol'", agent.configFile() + ":9");
        assertThat(agent.driverSocket()).doesNotExist();
    }

    @Test
    void a_file_that_others_can_write_is_refused_with_the_command_that_mends_it() throws Exception {
        Files.setPosixFilePermissions(agent.configFile(), PosixFilePermissions.fromString("rw-rw-rw-"));

        var validation = agent.dso("validate", agent.configFile().toString());

        assertThat(validation.exitCode()).isEqualTo(BAD_CONFIG);
        assertThat(validation.text() + validation.stderr()).contains("chmod 0640 " + agent.configFile());
    }

    @Test
    void a_missing_file_is_named() {
        var validation = agent.dso("validate", "/nowhere/dso.yaml");

        assertThat(validation.exitCode()).isNotZero();
        assertThat(validation.text() + validation.stderr()).contains("/nowhere/dso.yaml");
    }

    @Test
    void a_good_file_is_called_good() {
        assertThat(agent.dso("validate", agent.configFile().toString()).exitCode())
                .isZero();
    }

    @Test
    void the_sample_configuration_of_the_distribution_is_good() throws Exception {
        for (var sample : List.of("dso.yaml", "dso.sample.yaml")) {
            agent.configureWhole(Files.readString(Settings.home().resolve("etc").resolve(sample)));

            agent.dso("validate", agent.configFile().toString()).succeeded();
        }
    }

    @Test
    void on_reload_the_running_configuration_stays_in_force_until_a_good_one_comes() {
        agent.start();
        try {
            agent.configureWhole(WRONG);
            var reload = agent.dso("reload");
            assertThat(reload.exitCode()).isEqualTo(BAD_CONFIG);
            assertThat(reload.text() + reload.stderr()).contains("unknown key 'pol'", agent.configFile() + ":9");
            var told = agent.log().length(); // the order was refused there, too
            agent.signal("HUP");
            Await.until(
                    "the log tells why SIGHUP was refused",
                    Duration.ofSeconds(10),
                    () -> agent.log().substring(told).contains("unknown key 'pol'"));
            assertThat(read("shop")).isEqualTo("first");

            agent.configure(GOOD + "\nmore: { secrets: [ db ], " + ALLOW_ALL + " }");
            agent.signal("HUP");
            Await.until(
                    "the new bundle can be mounted",
                    Duration.ofSeconds(10),
                    () -> read("more").equals("first"));
        } finally {
            agent.stop();
        }
    }

    private String read(String bundle) {
        return run(bundle(bundle), BUSYBOX, "cat", "/s/db").succeeded().text();
    }
}
