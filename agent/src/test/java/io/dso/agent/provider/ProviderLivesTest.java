package io.dso.agent.provider;

import static io.dso.agent.provider.Recorder.await;
import static io.dso.agent.provider.Recorder.awaitPhase;
import static io.dso.agent.provider.Recorder.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.ProviderSpec;
import io.dso.agent.provider.ProviderState.Phase;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.SecretValue;
import io.dso.agent.secret.VersionId;
import io.dso.agent.time.Deadline;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that the agent starts: how they live, die and come back. */
class ProviderLivesTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Patience PATIENCE = new Patience(
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofMillis(10),
            Duration.ofMillis(200),
            Duration.ofMillis(100),
            3,
            16);

    private final Recorder recorder = new Recorder();

    private final Path directory;
    private SupervisedProviders providers;

    ProviderLivesTest(@TempDir Path directory) {
        this.directory = directory;
        this.providers = new SupervisedProviders(directory, CLOCK, recorder, PATIENCE);
    }

    @AfterEach
    void stop() {
        providers.close();
    }

    private void start(String configJson) throws IOException {
        start(configJson, PATIENCE);
    }

    private void start(String configJson, Patience patience) throws IOException {
        start(javaScript(), configJson, patience);
    }

    private void start(Path executable, String configJson, Patience patience) {
        providers = new SupervisedProviders(directory, CLOCK, recorder, patience);
        providers.apply(Map.of("test", spec(executable, configJson)));
    }

    private static ProviderSpec spec(Path executable, String configJson) {
        return new ProviderSpec(
                "test",
                "test",
                configJson,
                Duration.ofSeconds(1),
                Duration.ofSeconds(20),
                new ProviderSpec.Launch.Executable(executable));
    }

    private Path javaScript() throws IOException {
        return script("exec '%s' -XX:TieredStopAtLevel=1 --sun-misc-unsafe-memory-access=allow -cp '%s' %s \"$@\""
                .formatted(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        classPath(),
                        TestProvider.class.getName()));
    }

    /** Without the agent's log manager, which complains on standard error when it isn't used. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("jboss-logmanager"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private Path script(String body) throws IOException {
        return Files.writeString(
                Files.createFile(
                        directory.resolve("provider-" + System.nanoTime()),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))),
                "#!/bin/sh\n" + body + "\n");
    }

    private Path socket() {
        return directory.resolve("providers/test/sock");
    }

    private Answer<SecretValue> fetch(String path) {
        return fetch(path, Duration.ofSeconds(20));
    }

    private Answer<SecretValue> fetch(String path, Duration budget) {
        return providers.fetch(new SecretRef("test", path, ""), new VersionId("1"), Deadline.after(budget, CLOCK));
    }

    private String text(String path) {
        var answer = fetch(path);
        assertThat(answer).isInstanceOf(Answer.Got.class);
        try (var value = ((Answer.Got<SecretValue>) answer).value()) {
            return value.<String>use(bytes -> new String(bytes, StandardCharsets.UTF_8));
        }
    }

    private ProcessHandle process() {
        return ProcessHandle.of(Long.parseLong(text("pid"))).orElseThrow();
    }

    private static String why(Answer<?> answer) {
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return ((Answer.Refused<?>) answer).refusal().why();
    }

    private static void signal(ProcessHandle process, String name) throws Exception {
        var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_call_made_right_after_the_start_waits_for_the_process() throws IOException {
        start("{}");

        assertThat(text("pid")).matches("\\d+");
        assertThat(state(providers, "test").phase()).isEqualTo(Phase.READY);
        assertThat(text("environment"))
                .as("nothing of ours is in its environment")
                .doesNotContain("PATH", "HOME");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory.resolve("providers/test.json"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("providers"))))
                .as("passed by a provider of another user, listed by nobody")
                .isEqualTo("rwx--x--x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("providers/test"))))
                .isEqualTo("rwx------");
    }

    @Test
    void a_killed_process_comes_back_and_calls_meanwhile_wait_for_it() throws IOException {
        start("{}");
        var first = process();

        first.destroyForcibly();
        await("it is gone", () -> !first.isAlive());

        assertThat(process().pid()).isNotEqualTo(first.pid());
        assertThat(recorder.states)
                .extracting(ProviderState::reason)
                .containsExactly("", "its process was ended by signal 9", "");
    }

    @Test
    void a_call_that_crashes_the_process_is_refused_and_others_go_on() throws IOException {
        start("{}");
        text("pid");

        assertThat(why(fetch("crash"))).startsWith("provider test is unavailable: ");

        await("it answers again", () -> fetch("pid") instanceof Answer.Got);
    }

    @Test
    void a_hung_process_is_found_out_killed_and_started_anew() throws Exception {
        start("{}");
        var hung = process();
        signal(hung, "STOP");

        assertThat(why(fetch("pid", Duration.ofMillis(300))))
                .startsWith("provider test is unavailable: no answer within ");
        await(
                "the circuit opened",
                () -> recorder.states.stream()
                        .anyMatch(state -> state.reason().equals("it hangs: no answer within 2 s")));

        await("it is killed", () -> !hung.isAlive());
        await("it answers again", () -> fetch("pid") instanceof Answer.Got);
        assertThat(recorder.states.getLast().phase()).isEqualTo(Phase.READY);
    }

    @Test
    void a_hung_process_is_found_out_without_a_call() throws Exception {
        start("{}", withPulse(Duration.ofMillis(100)));
        var hung = process();
        signal(hung, "STOP");

        await("it is killed", () -> !hung.isAlive());
        awaitPhase(providers, "test", Phase.READY);
    }

    private static Patience withPulse(Duration pulse) {
        return new Patience(
                PATIENCE.start(),
                pulse,
                PATIENCE.answer(),
                PATIENCE.stop(),
                PATIENCE.firstRetry(),
                PATIENCE.lastRetry(),
                PATIENCE.fair(),
                PATIENCE.badAnswers(),
                PATIENCE.calls());
    }

    @Test
    void a_process_that_refuses_its_configuration_says_so_and_calls_are_refused_at_once() throws IOException {
        start("{\"mod\": \"good\"}");
        awaitPhase(providers, "test", Phase.FAILED);

        assertThat(state(providers, "test").reason())
                .isEqualTo("its process ended with exit code 78: SEVERE unknown key 'mod', known are mode");
        assertThat(why(fetch("pid")))
                .startsWith("provider test is unavailable: its process ended with exit code 78: ")
                .contains("(since ");
    }

    @Test
    void a_process_that_never_listens_is_killed() throws IOException {
        start(
                "{\"mode\": \"mute\"}",
                new Patience(
                        Duration.ofMillis(1500),
                        PATIENCE.pulse(),
                        PATIENCE.answer(),
                        PATIENCE.stop(),
                        PATIENCE.firstRetry(),
                        Duration.ofSeconds(60),
                        PATIENCE.fair(),
                        PATIENCE.badAnswers(),
                        PATIENCE.calls()));
        awaitPhase(providers, "test", Phase.FAILED);

        assertThat(state(providers, "test").reason()).isEqualTo("it did not answer within 2 s after its start");
    }

    @Test
    void garbage_on_the_socket_is_refused() throws IOException {
        var python = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[2]); s.listen()\n"
                + "while True:\n  c, _ = s.accept(); c.sendall(b'\\xff' * 4096); c.close()";
        var program = Files.writeString(directory.resolve("garbage.py"), python);
        start(script("exec /usr/bin/python3 '" + program + "' \"$@\""), "{}", PATIENCE);

        awaitPhase(providers, "test", Phase.FAILED);
        assertThat(state(providers, "test").reason()).isEqualTo("it closed the connection, or speaks another protocol");
    }

    @Test
    void an_executable_that_is_not_there_is_named() {
        start(Path.of("/nonexistent/provider"), "{}", PATIENCE);

        awaitPhase(providers, "test", Phase.FAILED);
        assertThat(state(providers, "test").reason())
                .isEqualTo("/nonexistent/provider is not there, or not executable");
    }

    @Test
    void what_a_killed_agent_left_is_ended_and_nothing_else() throws Exception {
        var orphan = new ProcessBuilder("/bin/sleep", "600").start();
        var innocent = new ProcessBuilder("/bin/sleep", "600").start();
        try {
            var note = new Leftover(directory.resolve("providers/test.pid"));
            note.remember(orphan.toHandle());
            Files.writeString(directory.resolve("providers/other.pid"), innocent.pid() + " 12345");
            start("{}");
            text("pid");
            new Leftover(directory.resolve("providers/other.pid")).end();

            assertThat(orphan.isAlive()).isFalse();
            assertThat(innocent.isAlive())
                    .as("the ID belongs to another process now")
                    .isTrue();
        } finally {
            orphan.destroyForcibly();
            innocent.destroyForcibly();
        }
    }

    @Test
    void a_process_gets_no_core_dumps_and_no_new_privileges() throws IOException {
        start("{}");
        var proc = Path.of("/proc", text("pid"));

        assertThat(Files.readString(proc.resolve("limits"))).containsPattern("Max core file size +0 +0");
        assertThat(Files.readString(proc.resolve("status"))).contains("NoNewPrivs:\t1");
    }

    @Test
    void a_flood_of_output_holds_nothing_up() throws IOException {
        start("{\"mode\": \"flood\"}");

        assertThat(text("pid")).matches("\\d+");
    }

    @Test
    void a_stop_ends_the_process_and_leaves_no_file() throws IOException {
        start("{}");
        var process = process();

        providers.close();

        assertThat(process.isAlive()).isFalse();
        assertThat(directory.resolve("providers")).isEmptyDirectory();
        assertThat(recorder.states).last().extracting(ProviderState::phase).isEqualTo(Phase.READY);
    }

    @Test
    void a_process_that_does_not_stop_is_killed() throws IOException {
        start(script("trap '' TERM; while :; do /bin/sleep 1; done"), "{}", withStop(Duration.ofMillis(200)));

        var before = System.nanoTime();
        providers.close();

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        assertThat(ProcessHandle.current()
                        .children()
                        .filter(child -> child.info().commandLine().orElse("").contains(directory.toString())))
                .isEmpty();
    }

    private static Patience withStop(Duration stop) {
        return new Patience(
                PATIENCE.start(),
                PATIENCE.pulse(),
                PATIENCE.answer(),
                stop,
                PATIENCE.firstRetry(),
                PATIENCE.lastRetry(),
                PATIENCE.fair(),
                PATIENCE.badAnswers(),
                PATIENCE.calls());
    }

    @Test
    void a_watch_is_armed_again_in_the_next_life() throws IOException {
        start("{}");
        var refs = Set.of(new SecretRef("test", "a", ""), new SecretRef("test", "b", ""));
        providers.watch("test", refs);
        await("the watch is armed", () -> recorder.hints.size() == 1);

        process().destroyForcibly();

        await("it is armed again", () -> recorder.hints.size() == 2);
        assertThat(recorder.hints).containsOnly(refs);
    }
}
