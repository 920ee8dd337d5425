package io.dso.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentCommandsTest {
    @TempDir
    Path directory;

    private Path socket;
    private FakeAgent agent;

    @BeforeEach
    void start() throws IOException {
        socket = directory.resolve("dso.sock");
        agent = new FakeAgent(socket);
    }

    @AfterEach
    void stop() throws IOException {
        agent.close();
    }

    @Test
    void commands_show_what_a_good_agent_says() throws IOException {
        Transcript.check("agent", this::stage, Map.of(directory.toString(), "/run/dso"));
    }

    @Test
    void orders_are_given_and_answered_for() throws IOException {
        Transcript.check("orders", this::stage, Map.of(directory.toString(), "/run/dso"));
        agent.spoil();
        Transcript.check("orders-bad", this::stage, Map.of(directory.toString(), "/run/dso"));
    }

    @Test
    void commands_say_what_is_wrong_and_end_with_a_code_for_it() throws IOException {
        agent.spoil();

        Transcript.check("agent-bad", this::stage, Map.of(directory.toString(), "/run/dso"));
    }

    @Test
    void without_an_agent_commands_say_where_they_looked() throws IOException {
        agent.close();
        Files.deleteIfExists(socket);

        Transcript.check("agent-absent", this::stage, Map.of(directory.toString(), "/run/dso"));
    }

    @Test
    void the_socket_is_found_below_the_run_directory() {
        var outcome = new Stage().with("DSO_RUN_DIR", directory.toString()).run("health");

        assertThat(outcome.exit()).isZero();
    }

    @Test
    void an_option_wins_over_the_environment() {
        var outcome = new Stage().with("DSO_SOCKET", "/nowhere").run("health", "--socket", socket.toString());

        assertThat(outcome.exit()).isZero();
    }

    @Test
    void events_end_when_their_time_is_up() {
        agent.goOn();

        assertThat(stage().run("events", "--for", "20ms").exit()).isZero();
    }

    @Test
    void events_end_quietly_when_nobody_reads_them_any_more() {
        var closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        var err = new ByteArrayOutputStream();
        var surroundings = new Surroundings(
                InputStream.nullInputStream(),
                closed,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new ProcessTerminal(),
                Map.of("DSO_SOCKET", socket.toString()),
                InstantSource.system());

        assertThat(new Dso(surroundings).run("events", "--follow")).isZero();
        assertThat(err.size()).isZero();
    }

    private Stage stage() {
        return new Stage().with("DSO_SOCKET", socket.toString());
    }
}
