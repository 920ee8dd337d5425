package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever the image and the user are: the first instruction of the entrypoint finds the secrets. */
class FirstInstructionTest extends EndToEnd {
    private static final int STARTS_EACH = 20; // 5 kinds: 100 starts

    private final Map<String, byte[]> values = OddBytes.all();

    enum Kind {
        ROOT("for-root", "0:0 0400", BUSYBOX),
        USER("for-user", "1000:1000 0400", "--user=1000:1000", BUSYBOX),
        READ_ONLY("for-root", "0:0 0400", "--read-only", BUSYBOX),
        NO_SHELL("for-group", "0:1000 0440", "--user=1234:1000", STATIC),
        INIT("for-root", "0:0 0400", "--init", BUSYBOX);

        final String bundle;
        final String access;
        final List<String> options;

        Kind(String bundle, String access, String... options) {
            this.bundle = bundle;
            this.access = access;
            this.options = List.of(options);
        }
    }

    @BeforeAll
    void startAgent() {
        values.forEach((name, value) -> agent.secret("odd/" + name, value));
        agent.secret("single", "first");
        var secrets = "secrets: [ "
                + String.join(
                        ", ", values.keySet().stream().map(n -> "odd/" + n).toList()) + " ]";
        agent.configure("""
                for-root: { %1$s, %2$s }
                for-user: { %1$s, owner: { uid: 1000, gid: 1000 }, %2$s }
                for-group: { %1$s, owner: { uid: 0, gid: 1000 }, mode: "0440", %2$s }
                single: { secrets: [ single ], %2$s }
                """.formatted(secrets, ALLOW_ALL));
        agent.start();
    }

    @ParameterizedTest
    @EnumSource
    void twenty_of_twenty_starts_find_all_files_with_their_bytes_owner_and_mode(Kind kind) throws Exception {
        var starts = IntStream.range(0, STARTS_EACH)
                .<Callable<Outcome>>mapToObj(i -> () -> dump(kind))
                .toList();

        try (var two = Executors.newFixedThreadPool(2)) {
            for (var start : two.invokeAll(starts)) {
                assertComplete(kind, start.get());
            }
        }
    }

    private Outcome dump(Kind kind) {
        var line = new ArrayList<>(List.of(bundle(kind.bundle)));
        line.addAll(kind.options);
        line.addAll(List.of("/probe", "dump", "/s"));
        return run(line.toArray(String[]::new));
    }

    private void assertComplete(Kind kind, Outcome start) {
        start.succeeded();
        var files = DumpedFile.parse(start.stdout());
        assertThat(files.keySet()).containsExactlyInAnyOrderElementsOf(values.keySet());
        assertSoftly(all -> values.forEach((name, value) -> {
            var file = Objects.requireNonNull(files.get(name));
            all.assertThat(file.access()).as("owner and mode of %s", name).isEqualTo(kind.access);
            all.assertThat(Arrays.equals(file.bytes(), value))
                    .as("bytes of %s are the same (%d of %d)", name, file.bytes().length, value.length)
                    .isTrue();
        }));
    }

    @Test
    void an_entrypoint_of_a_shell_finds_the_file_too() {
        assertThat(run(bundle("single"), BUSYBOX, "sh", "-c", "cat /s/single")
                        .succeeded()
                        .text())
                .isEqualTo("first");
    }

    @Test
    void a_second_start_of_a_container_gets_the_value_of_that_time() {
        agent.secret("single", "first");
        var container = start(bundle("single"), BUSYBOX, "/probe", "dump", "/s");
        container.awaitLogs("the first value", logs -> logs.endsWith("first"));
        docker("wait", container.id()).succeeded();

        agent.secret("single", "second");
        docker("start", container.id()).succeeded();

        container.awaitLogs("the second value", logs -> logs.endsWith("second"));
        agent.secret("single", "first");
    }

    @Test
    void what_a_container_writes_into_its_volume_reaches_no_other_container() {
        var name = "shared-" + agent.driver();
        var vandal =
                start(volume(name, "single"), BUSYBOX, "sh", "-c", "echo changed > /s/single; echo x > /s/new; /probe");

        var other = run(volume(name, "single"), BUSYBOX, "/probe", "dump", "/s").succeeded();

        assertThat(vandal.runs()).isTrue();
        var files = DumpedFile.parse(other.stdout());
        assertThat(files.keySet()).containsExactly("single");
        assertThat(files.values().iterator().next().bytes()).asString().isEqualTo("first");
    }
}
